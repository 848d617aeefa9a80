using System.Text.Json;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Frequency;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>Masks, layer scores and the policies made from them against the reference's.</summary>
public sealed class ScoreParityTests
{
    public static TheoryData<ControlBand, RadialOrigin> Cases
    {
        get
        {
            var cases = new TheoryData<ControlBand, RadialOrigin>();
            foreach (var band in ControlBands.All)
                foreach (var origin in Enum.GetValues<RadialOrigin>()) cases.Add(band, origin);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MasksMeetTheReference(ControlBand band, RadialOrigin origin)
    {
        using var scope = NewDisposeScope();
        foreach (var side in new[] { 2, 4, 8, 16 })
            Goldens.AssertClose($"mask.{Name(origin)}.{band.Name()}.{side}x{side}", RadialMask.For(band, side, side, origin));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ScoresMeetTheReference(ControlBand band, RadialOrigin origin)
    {
        using var scope = NewDisposeScope();
        using var recorded = JsonDocument.Parse(File.ReadAllText(Fixtures.Path("tiny", "scores.json")));
        var (measurements, scores) = Measure(origin, [band]);
        Tensor Raw(Network network) =>
            stack(measurements.Layers(network, band).Select(layer => tensor(measurements.Of(network, layer, band).ToArray())));
        Goldens.AssertClose($"scores.{band.Name()}.control_raw", Raw(Network.Control));
        Goldens.AssertClose($"scores.{band.Name()}.diffusion_raw{Suffix(origin)}", Raw(Network.Diffusion));

        var expected = recorded.RootElement.GetProperty(band.Name());
        foreach (var score in scores)
        {
            var isControl = score.Network == Network.Control;
            var section = expected.GetProperty(isControl ? "control" : $"diffusion{Suffix(origin)}");
            var layer = isControl ? score.Layer[..score.Layer.LastIndexOf('.')] : score.Layer;
            AssertRelative(section.GetProperty("score").GetProperty(layer).GetDouble(), score.Score);
            AssertRelative(section.GetProperty("std").GetProperty(layer).GetDouble(), score.StdDev);
            if (!isControl) continue;
            Assert.Equal(section.GetProperty("score_norm").TryGetProperty(layer, out var normalized), score.NormalizedScore is not null);
            if (score.NormalizedScore is { } z) AssertRelative(normalized.GetDouble(), z);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void PoliciesMeetTheReferenceByteForByte(ControlBand band, RadialOrigin origin)
    {
        using var scope = NewDisposeScope();
        var file = $"policy_{band.Name()}{Suffix(origin)}.json";
        var policy = PolicyBuilder.Build("p", Measure(origin, [band]).Scores, new PolicyRules());
        var bare = policy with { Band = null, Model = null, Origin = null, MacsSkippable = null };
        Assert.Equal(File.ReadAllText(Fixtures.Path("tiny", file)), PolicyFile.ToJson(bare));
    }

    [Fact]
    public void AllBandsInOnePassGiveTheScoresOfEachAlone()
    {
        using var scope = NewDisposeScope();
        var together = Measure(RadialOrigin.Corner, ControlBands.All).Scores;
        foreach (var band in ControlBands.All)
            Assert.Equal(Measure(RadialOrigin.Corner, [band]).Scores, together.Where(score => score.Band == band));
    }

    private static (Measurements Measurements, IReadOnlyList<LayerScore> Scores) Measure(
        RadialOrigin origin, IReadOnlyList<ControlBand> bands)
    {
        var options = ScoringOptions.Reference with { Mask = origin, Bands = bands };
        var scorer = new LayerScorer(TinyModel.Get(), "tiny");
        var measurements = scorer.Measure(3, Sample, options);
        return (measurements, scorer.Scores(measurements, options, 3));
    }

    private static ScoringSample Sample(int i) => new(
        Goldens.Get("vae.z_mode").narrow(0, i, 1), Goldens.Get("scores.context").narrow(0, i, 1),
        band => Goldens.Get($"scores.{band.Name()}.hint.{i}"), Goldens.Get("vae.z_mode").narrow(0, i, 1));

    private static void AssertRelative(double expected, double actual) =>
        Assert.Equal(expected, actual, 1e-5 * Math.Max(Math.Abs(expected), 0.1));

    private static string Name(RadialOrigin origin) => origin == RadialOrigin.Centre ? "centre" : "corner";

    private static string Suffix(RadialOrigin origin) => origin == RadialOrigin.Centre ? "" : "_corner";
}
