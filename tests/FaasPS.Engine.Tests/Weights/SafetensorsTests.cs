using System.Runtime.InteropServices;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

public sealed class SafetensorsTests
{
    [Fact]
    public void EveryTypeSurvivesARoundTrip()
    {
        using var source = CheckpointFile.Open(Fixtures.Path("formats", "mixed_zip.ckpt"));
        using var file = new TemporaryFile();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt", ["näme"] = "\"quoted\"\n" };
        Safetensors.Write(file.Path, source.Tensors.Values, info => source.Load(info.Name, info.DType, CPU), metadata);
        using var written = CheckpointFile.Open(file.Path);
        Assert.Equal("safetensors", written.Format);
        Assert.Equal(metadata, written.Metadata);
        Assert.Equal(source.Tensors.Count, written.Tensors.Count);
        foreach (var info in source.Tensors.Values)
        {
            Assert.Equal(info, written.Tensors[info.Name]);
            using var expected = source.Load(info.Name, info.DType, CPU);
            using var actual = written.Load(info.Name, info.DType, CPU);
            if (!info.Shape.Contains(0)) Assert.True(expected.bytes.SequenceEqual(actual.bytes), info.Name);
        }
    }

    [Fact]
    public void TensorsAtHandStayTheCallers()
    {
        using var matrix = empty([2, 3], ScalarType.Float32);
        CheckpointBytes.Floats(1, 2, 3, 4, 5, 6).CopyTo(matrix.bytes);
        using var transposed = matrix.as_strided([3, 2], [1, 3]);
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, [("matrix", matrix), ("transposed", transposed)]);
        Assert.Equal([2, 3], matrix.shape);
        using var written = CheckpointFile.Open(file.Path);
        using var loaded = written.Load("transposed", ScalarType.Float64, CPU);
        Assert.Equal([3, 2], loaded.shape);
        Assert.Equal([1, 4, 2, 5, 3, 6], FormatTests.Doubles(loaded));
    }

    [Fact]
    public void EveryTensorIsAlignedToItsElements()
    {
        using var file = new TemporaryFile();
        TensorInfo[] infos =
        [
            new("bytes", ScalarType.Byte, [3]), new("halves", ScalarType.Float16, [3]),
            new("longs", ScalarType.Int64, [1]), new("floats", ScalarType.Float32, [1]),
        ];
        Safetensors.Write(file.Path, infos, info => empty(info.Shape, info.DType));
        var bytes = File.ReadAllBytes(file.Path);
        Assert.Equal(0, (BitConverter.ToInt64(bytes) + sizeof(long)) % 8);
        using var written = CheckpointFile.Open(file.Path);
        Assert.Equal("longs floats halves bytes", string.Join(' ', written.Keys));
    }

    [Fact]
    public void ALargeTensorIsReadWhole()
    {
        // Six chunks of a megabyte and a rest, on several threads.
        const int count = (6 << 18) + 5;
        var values = Enumerable.Range(0, count).Select(i => (float)i).ToArray();
        using var whole = empty([count], ScalarType.Float32);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(whole.bytes);
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, [("w", whole)]);
        using (var written = CheckpointFile.Open(file.Path))
        using (var loaded = written.Load("w", ScalarType.Float32, CPU)) Assert.True(loaded.bytes.SequenceEqual(whole.bytes));
        values[^2] = float.NaN;
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(whole.bytes);
        Safetensors.Write(file.Path, [("w", whole)]);
        using var diverged = CheckpointFile.Open(file.Path);
        Assert.Contains(
            "NaN", Assert.Throws<WeightsException>(() => diverged.Load("w", ScalarType.Float32, CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory("faasps-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.safetensors");
            File.WriteAllText(path, "old");
            TensorInfo[] infos = [new("a", ScalarType.Float32, [2]), new("b", ScalarType.Float32, [3])];
            Assert.Throws<InvalidOperationException>(() => Safetensors.Write(
                path, infos, info => info.Name is "a" ? empty([2], ScalarType.Float32) : throw new InvalidOperationException("made up")));
            var refusal = Assert.Throws<WeightsException>(() => Safetensors.Write(path, infos, _ => empty([2], ScalarType.Float32)));
            Assert.Contains("announced was b: Float32 [3], and it is Float32 [2]", refusal.Message, StringComparison.Ordinal);
            Assert.Throws<WeightsException>(() => Safetensors.Write(path, [infos[0], infos[0]], _ => empty([2], ScalarType.Float32)));
            var reserved = infos[0] with { Name = "__metadata__" };
            Assert.Throws<WeightsException>(() => Safetensors.Write(path, [reserved], _ => empty([2], ScalarType.Float32)));
            Assert.Equal("old", File.ReadAllText(path));
            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
