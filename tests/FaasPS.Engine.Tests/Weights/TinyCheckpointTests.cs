using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>The tiny model's four checkpoints hold the same weights. In the half copy only the schedule's buffers are rounded.</summary>
public sealed class TinyCheckpointTests
{
    [Theory]
    [InlineData("model_legacy.ckpt", ScalarType.Float32)]
    [InlineData("model_half.ckpt", ScalarType.Float16)]
    [InlineData("model.safetensors", ScalarType.Float32)]
    public void EveryFormHoldsTheWeightsOfTheZip(string name, ScalarType stored)
    {
        using var reference = CheckpointFile.Open(Fixtures.Path("tiny", "model.ckpt"));
        using var other = CheckpointFile.Open(Fixtures.Path("tiny", name));
        Assert.Equal(878, reference.Tensors.Count);
        Assert.Equal(reference.Keys.Order(StringComparer.Ordinal), other.Keys.Order(StringComparer.Ordinal));
        var different = new List<string>();
        foreach (var key in reference.Keys)
        {
            Assert.Equal(stored, other.Tensors[key].DType);
            using var expected = reference.Load(key, ScalarType.Float32, CPU);
            using var actual = other.Load(key, ScalarType.Float32, CPU);
            Assert.Equal(expected.shape, actual.shape);
            if (!expected.bytes.SequenceEqual(actual.bytes)) different.Add(key);
        }
        // The twelve buffers of the noise schedule at the top level.
        Assert.Equal(stored == ScalarType.Float16 ? 12 : 0, different.Count);
        Assert.All(different, key => Assert.DoesNotContain('.', key));
    }

    [Fact]
    public void TheRoutersBareStateDictIsRead()
    {
        using var router = CheckpointFile.Open(Fixtures.Path("tiny", "prompt_router.ckpt"));
        string[] expected =
        [
            "network.0.weight: Float32 [256, 64]", "network.0.bias: Float32 [256]", "network.3.weight: Float32 [128, 256]",
            "network.3.bias: Float32 [128]", "network.5.weight: Float32 [1, 128]", "network.5.bias: Float32 [1]",
        ];
        Assert.True(router.Tensors.Values.Select(info => info.ToString()).SequenceEqual(expected, StringComparer.Ordinal));
    }
}
