using FaasPS.Engine.Calibration;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests.Calibration;

/// <summary>What scores are for: policies that save work and keep results.</summary>
public sealed class ScoreQualityTests
{
    [Fact]
    public void ForTheSameWorkSavedAblationKeepsResultsNearerToTheFullRun()
    {
        var model = TinyModel.Get();
        var pipeline = new TranslationPipeline(model, TinyModel.Tokenizer());
        TranslationInput[] Pairs(int seed) => [Pair(0, seed), Pair(1, seed + 1)];
        var options = new TranslationOptions { Band = ControlBand.LowPass, Steps = 5 };
        var full = pipeline.Run(Pairs(seed: 11), options);
        double Psnr(SkipPolicy policy) => pipeline.Run(Pairs(seed: 11), options with { Mode = TranslationMode.Static, Policy = policy })
            .Select((result, i) => FidelityMeasure.Compare(result.Image, full[i].Image).Psnr).Average();

        var scorer = new LayerScorer(model);
        var scoring = new ScoringOptions { Bands = [ControlBand.LowPass] };
        var energy = PolicyBuilder.Build(
            "energy", scorer.Score(pipeline.Prompts, Pairs(seed: 1), scoring), new() { Percentile = 40 });
        var ablation = PolicyBuilder.Build(
            "ablation", scorer.Score(pipeline.Prompts, Pairs(seed: 1), scoring with { Kind = ScoreKind.Ablation }),
            new() { Percentile = (100 * energy.MacsSkippable!.Value) + 0.1 });

        Assert.InRange(energy.MacsSkippable!.Value, 0.02, 0.2);
        Assert.InRange(ablation.MacsSkippable!.Value, energy.MacsSkippable!.Value - 0.005, energy.MacsSkippable!.Value + 0.001);
        var (byEnergy, byAblation) = (Psnr(energy), Psnr(ablation));
        Assert.True(byAblation > byEnergy + 3, $"{byAblation:f1} dB by ablation, {byEnergy:f1} dB by energy");
    }

    private static TranslationInput Pair(int i, long seed) => new(ImageReader.Read(Fixtures.Path("tiny", $"image{i}.png")), "a cat", seed);
}
