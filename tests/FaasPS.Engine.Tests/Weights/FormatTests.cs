using System.Runtime.InteropServices;
using System.Text.Json;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>Files that PyTorch 1.13 wrote (tests/fixtures/formats/README.md), read exactly: no tolerance.</summary>
public sealed class FormatTests
{
    private sealed record Expected(string DType, long[] Shape, double[] Values);

    [Theory]
    [InlineData("bare_legacy.pth", "legacy")]
    [InlineData("bare_zip.pth", "zip")]
    [InlineData("mixed_legacy.ckpt", "legacy")]
    [InlineData("mixed_zip.ckpt", "zip")]
    [InlineData("protocol4_legacy.pth", "legacy")]
    [InlineData("protocol4_zip.pth", "zip")]
    [InlineData("mixed.safetensors", "safetensors")]
    public void EveryTensorIsReadExactly(string name, string format)
    {
        var expected = ReadExpected();
        if (string.Equals(format, "safetensors", StringComparison.Ordinal)) expected.Remove("plain.bool");
        using var file = CheckpointFile.Open(Fixtures.Path("formats", name));
        Assert.Equal(format, file.Format);
        // The safetensors copy sorts its keys; the others keep the order.
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), file.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, tensor) in expected)
        {
            Assert.Equal(tensor.DType, TorchName(file.Tensors[key].DType));
            Assert.Equal(tensor.Shape, file.ShapeOf(key));
            // Every expected value, 2^40 among them, is exact in float64.
            using var loaded = file.Load(key, ScalarType.Float64, CPU);
            Assert.Equal(tensor.Shape, loaded.shape);
            Assert.True(loaded.is_contiguous());
            Assert.Equal(tensor.Values, Doubles(loaded));
        }
    }

    [Theory]
    [InlineData("mixed_zip.ckpt")]
    [InlineData("mixed_legacy.ckpt")]
    [InlineData("mixed.safetensors")]
    public void EveryTypeLoadsAsItself(string name)
    {
        var expected = ReadExpected();
        using var file = CheckpointFile.Open(Fixtures.Path("formats", name));
        foreach (var info in file.Tensors.Values)
        {
            using var loaded = file.Load(info.Name, info.DType, CPU);
            Assert.Equal(info.DType, loaded.dtype);
            using var wide = loaded.to(ScalarType.Float64);
            Assert.Equal(expected[info.Name].Values, Doubles(wide));
        }
    }

    [Fact]
    public void MetadataAndOrderAreTheFiles()
    {
        using var safetensors = CheckpointFile.Open(Fixtures.Path("formats", "mixed.safetensors"));
        Assert.Equal("pt", safetensors.Metadata["format"]);
        using var zip = CheckpointFile.Open(Fixtures.Path("formats", "mixed_zip.ckpt"));
        Assert.Empty(zip.Metadata);
        Assert.True(zip.Tensors.Keys.SequenceEqual(ReadExpected().Keys, StringComparer.Ordinal));
    }

    internal static double[] Doubles(Tensor float64)
    {
        Assert.Equal(ScalarType.Float64, float64.dtype);
        return float64.shape.Contains(0) ? [] : MemoryMarshal.Cast<byte, double>(float64.bytes).ToArray();
    }

    private static Dictionary<string, Expected> ReadExpected()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Path("formats", "expected.json")));
        return json.RootElement.GetProperty("tensors").EnumerateObject().ToDictionary(
            item => item.Name,
            item => item.Value.Deserialize<Expected>(new JsonSerializerOptions { PropertyNameCaseInsensitive = true })!,
            StringComparer.Ordinal);
    }

    private static string TorchName(ScalarType type) => type == ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();
}
