using System.Runtime.InteropServices;
using FaasPS.Engine.Models;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>Weights of models on the CPU, which stay in their file where that has them as they are computed with.</summary>
public sealed class MappedTensorsTests
{
    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("model.ckpt")]
    [InlineData("model_legacy.ckpt")]
    public void MappedTensorsAreThoseThatAreRead(string name)
    {
        using var read = CheckpointFile.Open(Fixtures.Path("tiny", name));
        using var mapped = CheckpointFile.Open(Fixtures.Path("tiny", name), map: true);
        foreach (var info in read.Tensors.Values)
        {
            foreach (var type in new[] { info.DType, ScalarType.BFloat16 })
            {
                using var expected = read.Load(info.Name, type, CPU);
                using var actual = mapped.Load(info.Name, type, CPU);
                Assert.Equal(expected.shape, actual.shape);
                Assert.True(expected.bytes.SequenceEqual(actual.bytes), info.Name);
            }
        }
    }

    [Fact]
    public void AModelsWeightsStayInItsFileUntilItIsFreed()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var folder = Tiny();
        var files = ModelFiles.Find(folder.Path);
        using (var model = FcDiffusionModel.Load(files, device: "cpu"))
        {
            Assert.Equal(4, Mappings(files)); // one for each network
            model.Text.Leave();
            model.Autoencoder.Leave();
            Assert.Equal(2, Mappings(files));
            using (model.Text.Use()) Assert.Equal(3, Mappings(files));
        }
        Assert.Equal(0, Mappings(files));
    }

    [Fact]
    public void AnotherFileInItsPlaceChangesNothing()
    {
        if (OperatingSystem.IsWindows()) return; // which lets nobody move it there
        using var folder = Tiny();
        var path = ModelFiles.Find(folder.Path).Checkpoint;
        using var mapped = CheckpointFile.Open(path, map: true);
        var key = mapped.Keys.First(key => mapped.Tensors[key].Shape.Length == 2);
        using var before = mapped.Load(key, ScalarType.Float32, CPU);
        var values = before.bytes.ToArray();
        File.WriteAllBytes(path + ".new", new byte[100]);
        File.Move(path + ".new", path, overwrite: true);
        using var after = mapped.Load(key, ScalarType.Float32, CPU);
        Assert.True(after.bytes.SequenceEqual(values));
        Assert.True(before.bytes.SequenceEqual(values));
    }

    [Fact]
    public void WritingToAWeightLeavesTheFile()
    {
        using var file = OneTensor(CheckpointBytes.Floats(1, 2, 3), "0,12");
        var content = File.ReadAllBytes(file.Path);
        using (var mapped = CheckpointFile.Open(file.Path, map: true))
        using (var loaded = mapped.Load("part.w", ScalarType.Float32, CPU))
        {
            loaded.add_(1);
            Assert.Equal([2, 3, 4], Numbers(loaded));
        }
        Assert.Equal(content, File.ReadAllBytes(file.Path));
    }

    [Fact]
    public void NotANumberIsFoundInPlaceToo()
    {
        using var file = OneTensor(CheckpointBytes.Floats(1, float.NaN, 3), "0,12");
        using var mapped = CheckpointFile.Open(file.Path, map: true);
        var refusal = Assert.Throws<WeightsException>(() => mapped.Load("part.w", ScalarType.Float32, CPU));
        Assert.Contains("NaN", refusal.Message, StringComparison.Ordinal);
        using var trusted = CheckpointFile.Open(file.Path, requireFinite: false, map: true);
        using var loaded = trusted.Load("part.w", ScalarType.Float32, CPU);
        Assert.Equal([1, double.NaN, 3], Numbers(loaded));
    }

    [Fact]
    public void WhatLiesBetweenElementsIsRead()
    {
        // Two bytes in front of the floats.
        using var file = new TemporaryFile([.. CheckpointBytes.Safetensors(
            """{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"w":{"dtype":"F32","shape":[2],"data_offsets":[2,10]}}  """, 2),
            .. CheckpointBytes.Floats(5, 6)]);
        using var mapped = CheckpointFile.Open(file.Path, map: true);
        using var loaded = mapped.Load("w", ScalarType.Float32, CPU);
        Assert.Equal([5, 6], Numbers(loaded));
    }

    [Fact]
    public void WhereTheSystemRefusesThereIsNoMapping()
    {
        using var refused = new MappedTensors(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")), 100);
        Assert.Null(refused.Find(new StoredTensor(new TensorInfo("w", ScalarType.Float32, [2]), new Segment(8, 8), 0, [1])));
    }

    private static double[] Numbers(Tensor tensor)
    {
        using var doubles = tensor.to(ScalarType.Float64);
        return FormatTests.Doubles(doubles);
    }

    private static TemporaryFolder Tiny()
    {
        var folder = new TemporaryFolder();
        File.Copy(Fixtures.Path("tiny", "model.safetensors"), folder.Of("model.safetensors"));
        File.Copy(TinyModel.Files().Config, folder.Of("model_config.yaml"));
        return folder;
    }

    private static int Mappings(ModelFiles files) =>
        File.ReadLines("/proc/self/maps").Count(line => line.EndsWith(files.Checkpoint, StringComparison.Ordinal));

    private static TemporaryFile OneTensor(byte[] data, string offsets)
    {
        var header = $$$"""{"part.w":{"dtype":"F32","shape":[3],"data_offsets":[{{{offsets}}}]}}""";
        return new([.. CheckpointBytes.Safetensors(header.PadRight((header.Length + 7) / 8 * 8), 0), .. data]);
    }
}
