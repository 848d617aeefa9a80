using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests.Skipping;

public sealed class FidelityFloorTests
{
    private static readonly RgbImage Picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
    private static readonly SkipPolicy Policy = TinyPolicy.Uniform(Verdict.DynamicDecision);
    private static readonly TranslationOptions Adaptive = new()
    {
        Steps = 16, Mode = TranslationMode.Adaptive, Policy = Policy, Tolerance = 0.05,
    };

    private static readonly TranslationOptions Static = Adaptive with
    {
        Mode = TranslationMode.Static,
        Policy = TinyPolicy.Of(unit => unit.Layer is "output_blocks.5.1" or "input_blocks.3.1" ? Verdict.AlwaysSkip : Verdict.AlwaysRun),
    };

    private static readonly TranslationOptions DeepCache = Adaptive with
    {
        Mode = TranslationMode.Full, DeepCache = new DeepCacheOptions { Interval = 3 },
    };

    private readonly TranslationPipeline pipeline = new(TinyModel.Get(), TinyModel.Tokenizer());

    public static TheoryData<TranslationOptions> Ways => [Adaptive, Static, DeepCache];

    [Theory]
    [MemberData(nameof(Ways))]
    public void AHighFloorGivesFullsPicture(TranslationOptions way)
    {
        var full = Run(way with { Mode = TranslationMode.Full, DeepCache = null });
        var result = Run(way with { MinFidelity = 100 });
        Assert.Equal(full.Image.Pixels.ToArray(), result.Image.Pixels.ToArray());
        Assert.Contains(result.Trace, row => row.Reason == "floor");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void ALowFloorKeepsTheSavingsButForItsChecks(TranslationOptions way)
    {
        var (free, held) = (Run(way), Run(way with { MinFidelity = 1 }));
        Assert.DoesNotContain(held.Trace, row => row.Reason == "floor");
        var units = TinyModel.Get().Units.Count();
        var checks = held.Trace.Count(row => row.Reason == "check") / units;
        Assert.InRange(checks, 1, 4);
        // Checks change what follows them: in adaptive mode not exactly the same cells are reused.
        Assert.InRange(held.Macs, free.Macs * 0.95, (free.Macs * 1.05) + (checks * held.FullMacs / way.Steps));
        Assert.InRange(held.EstimatedPsnr!.Value, 1, 200);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(40)]
    public void TheFloorHolds(double floor)
    {
        foreach (var way in new[] { Adaptive, Static, DeepCache })
        {
            var full = Run(way with { Mode = TranslationMode.Full, DeepCache = null });
            var result = Run(way with { MinFidelity = floor });
            Assert.True(Psnr(result, full) >= floor, $"{way.Mode}: {Psnr(result, full):f1} dB under a floor of {floor}");
            Assert.True(result.EstimatedPsnr >= floor, $"{way.Mode}: estimated {result.EstimatedPsnr:f1} dB under a floor of {floor}");
        }
    }

    [Fact]
    public void ARunThatLeavesNothingOutIsNotChecked()
    {
        var result = Run(Adaptive with { Policy = TinyPolicy.Uniform(Verdict.AlwaysRun), MinFidelity = 40 });
        Assert.Equal(result.FullMacs, result.Macs);
        Assert.Equal(double.PositiveInfinity, result.EstimatedPsnr);
    }

    [Fact]
    public void WhatAPolicyWasMeasuredToGiveDecidesTheTolerance()
    {
        var measured = Policy with { Fidelity = [new(0.1, 0.5, 20), new(0.0, 0, 100), new(0.02, 0.3, 40)] };
        double? At(double floor) =>
            TreatmentSelection.Tolerance(Adaptive with { Policy = measured, Tolerance = null, MinFidelity = floor });
        Assert.Equal(0.1, At(10));
        Assert.Equal(0.06, At(30)!.Value, 1e-12);
        Assert.Equal(0.02, At(40)!.Value, 1e-12);
        Assert.Equal(0.01, At(70)!.Value, 1e-12);
        Assert.Null(TreatmentSelection.Tolerance(Adaptive with { Tolerance = null, MinFidelity = 30 }));
        Assert.Equal(0.5, TreatmentSelection.Tolerance(Adaptive with { Policy = measured, Tolerance = 0.5, MinFidelity = 30 }));
    }

    [Fact]
    public void APolicyMeasuredBelowTheFloorSkipsNothing()
    {
        var result = Run(Static with { MinFidelity = 30, Policy = Static.Policy! with { Fidelity = [new(0, 0.1, 29)] } });
        Assert.All(result.Trace, row => Assert.Equal((Treatment.Run, "floor"), (row.Treatment, row.Reason)));
        Assert.Equal(result.FullMacs, result.Macs);
    }

    [Fact]
    public void CalibrationMeasuresStaticAndEachTolerance()
    {
        TranslationInput[] inputs = [new(Picture, "a cat", 1), new(Picture, "a dog", 2)];
        var points = FidelityCalibration.Measure(pipeline, inputs, Adaptive with { Steps = 6 }, [0.01, 0.1]);
        Assert.Equal([0, 0.01, 0.1], points.Select(point => point.Tolerance));
        Assert.Equal(new FidelityPoint(0, 0, FidelityCalibration.HighestPsnr), points[0]);
        Assert.True(points[2].MacsSaved > points[1].MacsSaved && points[1].MacsSaved > 0);
        Assert.True(points[2].Psnr < points[1].Psnr);
    }

    private TranslationResult Run(TranslationOptions options) => pipeline.Run([new(Picture, "a cat on a red carpet", 7)], options)[0];

    private static double Psnr(TranslationResult result, TranslationResult full) =>
        FidelityMeasure.Compare(result.Image, full.Image).Psnr;
}
