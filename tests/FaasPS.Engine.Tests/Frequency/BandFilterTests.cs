using FaasPS.Engine.Frequency;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Frequency;

public sealed class BandFilterTests
{
    public BandFilterTests() => NativeRuntime.Load();

    public static TheoryData<ControlBand> Bands => [.. ControlBands.All];

    [Theory]
    [InlineData(ControlBand.MiniPass, 64, 64, 0, 10)]
    [InlineData(ControlBand.LowPass, 64, 64, 0, 30)]
    [InlineData(ControlBand.MidPass, 64, 64, 20, 40)]
    [InlineData(ControlBand.HighPass, 64, 64, 50, 126)]
    [InlineData(ControlBand.MidPass, 16, 16, 5, 10)]
    [InlineData(ControlBand.HighPass, 32, 96, 50, 126)]
    public void LimitsAreTheReferencesInProportion(ControlBand band, long height, long width, long low, long high) =>
        Assert.Equal(new BandLimits(low, high), BandLimits.For(band, height, width));

    [Theory]
    [MemberData(nameof(Bands))]
    public void ASeedRepeatsTheHint(ControlBand band)
    {
        using var scope = NewDisposeScope();
        var z = Latents(16, 24);
        Assert.True(BandFilter.Apply(z, band, 5).equal(BandFilter.Apply(z, band, 5)).all().item<bool>());
    }

    [Fact]
    public void MiniPassShufflesTheSameForAllSamplesAndKeepsTheEnergy()
    {
        using var scope = NewDisposeScope();
        var z = Latents(32, 32);
        var (a, b) = (BandFilter.Apply(z, ControlBand.MiniPass, 1), BandFilter.Apply(z, ControlBand.MiniPass, 2));
        Assert.False(a.allclose(b));
        var plain = BandFilter.Apply(z, BandLimits.For(ControlBand.MiniPass, 32, 32));
        Assert.Equal(plain.square().sum().item<float>(), a.square().sum().item<float>(), 1e-2);
        var alone = BandFilter.Apply(z.narrow(0, 1, 1), ControlBand.MiniPass, 1);
        Assert.True(a.narrow(0, 1, 1).allclose(alone, rtol: 1e-5, atol: 1e-6));
    }

    [Theory]
    [InlineData(ControlBand.LowPass)]
    [InlineData(ControlBand.MidPass)]
    [InlineData(ControlBand.HighPass)]
    public void FilteringTwiceIsFilteringOnce(ControlBand band)
    {
        using var scope = NewDisposeScope();
        var once = BandFilter.Apply(Latents(16, 24), band, 0);
        Assert.True(once.allclose(BandFilter.Apply(once, band, 0), rtol: 1e-4, atol: 1e-5));
    }

    [Fact]
    public void DctAndItsInverseAreTheIdentityAtAnySize()
    {
        using var scope = NewDisposeScope();
        foreach (var (height, width) in new[] { (1L, 1L), (1L, 7L), (5L, 3L), (16L, 24L), (65L, 64L) })
        {
            var x = Latents(height, width);
            Assert.True(Dct.Inverse(Dct.Forward(x)).allclose(x, rtol: 1e-4, atol: 1e-5));
            Assert.True(Dct.Inverse(Dct.Forward(x, orthonormal: false), orthonormal: false).allclose(x, rtol: 1e-4, atol: 1e-5));
        }
    }

    private static Tensor Latents(long height, long width)
    {
        using var generator = new Generator(9, CPU);
        return randn([2, 4, height, width], generator: generator);
    }
}
