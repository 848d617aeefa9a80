using FaasPS.Engine.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Sampling;

public sealed class SeededNoiseTests
{
    public SeededNoiseTests() => NativeRuntime.Load();

    [Fact]
    public void ASamplesNoiseDependsOnItsSeedAlone()
    {
        using var scope = NewDisposeScope();
        using var batch = new SeededNoise([11, 12, 11], [4, 8, 8], CPU);
        using var alone = new SeededNoise([12], [4, 8, 8], CPU);
        var (together, single) = (batch.Draw(), alone.Draw());
        Assert.True(together[1].equal(single[0]).all().item<bool>());
        Assert.True(together[0].equal(together[2]).all().item<bool>());
        Assert.False(together[0].equal(together[1]).all().item<bool>());
    }

    [Fact]
    public void EachDrawIsNew()
    {
        using var scope = NewDisposeScope();
        using var noise = new SeededNoise([1], [4, 8, 8], CPU);
        Assert.False(noise.Draw().equal(noise.Draw()).all().item<bool>());
    }
}
