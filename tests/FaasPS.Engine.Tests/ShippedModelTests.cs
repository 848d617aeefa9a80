using FaasPS.EmojiData;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;

namespace FaasPS.Engine.Tests;

/// <summary>The model, samples, scores and policies that ship, with one another.</summary>
public sealed class ShippedModelTests(ShippedModelTests.Shipped shipped) : IClassFixture<ShippedModelTests.Shipped>
{
    [Fact]
    public void ItIsAtMost32MegabytesTogether() => Assert.InRange(
        Directory.EnumerateFiles(Shipped.Folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1_000_000, 32_000_000);

    /// <summary>Loosely: the numbers in its model card are of more pictures and steps.</summary>
    [Fact]
    public void HighPassKeepsContoursAndPaintsTheAskedBackground()
    {
        var right = 0;
        foreach (var input in shipped.Inputs)
        {
            var picture = shipped.Run(input, shipped.Options).Image;
            Assert.True(PictureMeasures.EdgeCorrelation(picture, input.Image) > 0.3, input.Prompt);
            var asked = Scene.Backgrounds.Single(b => input.Prompt.EndsWith($" on a {b.Name} background", StringComparison.Ordinal));
            if (PictureMeasures.BackgroundError(picture, new byte[Scene.Side * Scene.Side], asked) < 60) right++;
        }
        Assert.InRange(right, shipped.Inputs.Count - 1, shipped.Inputs.Count);
    }

    /// <summary>Means over all samples: of a single easy picture a static policy can be as near.</summary>
    [Fact]
    public void TheProbeKeepsNearerToTheFullRunThanAStaticPolicyThatSavesNoMore()
    {
        var full = shipped.Inputs.Select(input => shipped.Run(input, shipped.Options)).ToArray();
        (double Saved, double Psnr) Mean(TranslationOptions options)
        {
            var results = shipped.Inputs.Select(input => shipped.Run(input, options)).ToArray();
            return (results.Average(Saved), results.Zip(full, Psnr).Average());
        }
        var adaptive = Mean(shipped.Options with { Mode = TranslationMode.Adaptive, Tolerance = 0.05 });
        var ablation = ScoreFile.Read(Path.Combine(Fixtures.Root, "policies", "demo", "scores.json"))
            .Where(score => score is { Band: ControlBand.HighPass, Kind: ScoreKind.Ablation }).ToArray();
        var policies = Enumerable.Range(1, 60)
            .Select(percentile => PolicyBuilder.Build("measured", ablation, new PolicyRules { Percentile = percentile }));
        var fixedPolicy = policies.Last(policy => PolicyCheck.Fit(policy, shipped.Model).MacsSkippable <= adaptive.Saved);
        var unmoved = Mean(shipped.Options with { Mode = TranslationMode.Static, Policy = fixedPolicy });

        Assert.InRange(adaptive.Saved, 0.1, 0.9);
        Assert.InRange(unmoved.Saved, adaptive.Saved - 0.05, adaptive.Saved + 1e-9);
        Assert.True(
            adaptive.Psnr > unmoved.Psnr + 3,
            $"adaptive {adaptive.Psnr:f1} dB, static {unmoved.Psnr:f1} dB, {adaptive.Saved:p0} and {unmoved.Saved:p0} saved");
    }

    private static double Saved(TranslationResult result) => 1 - ((double)result.Macs / result.FullMacs);

    private static double Psnr(TranslationResult result, TranslationResult full) => FidelityMeasure.Compare(result.Image, full.Image).Psnr;

    public sealed class Shipped : IDisposable
    {
        private readonly TranslationPipeline pipeline;

        public Shipped()
        {
            NativeRuntime.Load();
            Model = FcDiffusionModel.Load(ModelFiles.Find(Folder), ComputeType.Float32, "cpu");
            pipeline = new TranslationPipeline(Model, ClipTokenizer.Load(Folder));
            Inputs =
            [
                .. Directory.EnumerateFiles(Path.Combine(Fixtures.Root, "samples"), "*.png").Order(StringComparer.Ordinal).Select((file, i) =>
                    new TranslationInput(ImageReader.Read(file), File.ReadAllText(Path.ChangeExtension(file, ".txt")).Trim(), Seed: i)),
            ];
        }

        public static string Folder { get; } = Path.Combine(Fixtures.Root, "models", "demo");

        public FcDiffusionModel Model { get; }

        public TranslationOptions Options => TranslationOptions.For(Model.Config, ControlBand.HighPass) with { Steps = 30 };

        public IReadOnlyList<TranslationInput> Inputs { get; }

        public TranslationResult Run(TranslationInput input, TranslationOptions options) => pipeline.Run([input], options)[0];

        public void Dispose() => Model.Dispose();
    }
}
