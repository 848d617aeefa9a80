using FaasPS.Engine.Frequency;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

public sealed class FrequencyParityTests
{
    [Theory]
    [InlineData("16x16")]
    [InlineData("12x20")]
    [InlineData("odd7x9")]
    public void DctMeetsTheReference(string size)
    {
        using var scope = NewDisposeScope();
        var x = Goldens.Get($"dct.{size}.x");
        Goldens.AssertClose($"dct.{size}.dct2_none", Dct.Forward(x, orthonormal: false));
        Goldens.AssertClose($"dct.{size}.idct2_none", Dct.Inverse(x, orthonormal: false));
        Goldens.AssertClose($"dct.{size}.dct2_ortho", Dct.Forward(x));
        Goldens.AssertClose($"dct.{size}.idct2_ortho", Dct.Inverse(x));
    }

    [Theory]
    [InlineData("ref64", ControlBand.MiniPass)]
    [InlineData("ref64", ControlBand.LowPass)]
    [InlineData("ref64", ControlBand.MidPass)]
    [InlineData("ref64", ControlBand.HighPass)]
    [InlineData("scaled", ControlBand.MiniPass)]
    [InlineData("scaled", ControlBand.LowPass)]
    [InlineData("scaled", ControlBand.MidPass)]
    [InlineData("scaled", ControlBand.HighPass)]
    public void BandsMeetTheReference(string size, ControlBand band)
    {
        using var scope = NewDisposeScope();
        var z = Goldens.Get($"filter.{size}.z");
        var limits = BandLimits.For(band, z.shape[2], z.shape[3]);
        var permutations = band == ControlBand.MiniPass ? Permutations($"filter.{size}.mini_pass.perms") : null;
        Goldens.AssertClose($"filter.{size}.{band.Name()}.control", BandFilter.Apply(z, limits, permutations));
    }

    [Fact]
    public void ThresholdsBeyondTheSpectrumKeepEverything()
    {
        using var scope = NewDisposeScope();
        Goldens.AssertClose("filter.ref_on_small.low_pass.control",
            BandFilter.Apply(Goldens.Get("filter.scaled.z"), new BandLimits(0, 30)));
    }

    /// <summary>The recorded permutations lie one after another: 1 number for n = 0, 2 for n = 1 and so on.</summary>
    internal static List<long[]> Permutations(string name)
    {
        var numbers = Goldens.Get(name).data<float>().ToArray();
        var permutations = new List<long[]>();
        for (var start = 0; start < numbers.Length; start += permutations.Count)
            permutations.Add([.. numbers.Skip(start).Take(permutations.Count + 1).Select(p => (long)p)]);
        return permutations;
    }
}
