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

    [Fact]
    public void TheProbeKeepsNearerToTheFullRunThanAStaticPolicyThatSavesNoMore()
    {
        var (input, scores) = (shipped.Inputs[^1], ScoreFile.Read(Path.Combine(Fixtures.Root, "policies", "demo", "scores.json")));
        var full = shipped.Run(input, shipped.Options);
        var adaptive = shipped.Run(input, shipped.Options with { Mode = TranslationMode.Adaptive, Tolerance = 0.05 });
        var ablation = scores.Where(score => score is { Band: ControlBand.HighPass, Kind: ScoreKind.Ablation }).ToArray();
        var policies = Enumerable.Range(1, 60)
            .Select(percentile => PolicyBuilder.Build("measured", ablation, new PolicyRules { Percentile = percentile }));
        var fixedPolicy = policies.Last(policy => PolicyCheck.Fit(policy, shipped.Model).MacsSkippable <= Saved(adaptive));
        var unmoved = shipped.Run(input, shipped.Options with { Mode = TranslationMode.Static, Policy = fixedPolicy });

        Assert.InRange(Saved(adaptive), 0.1, 0.9);
        Assert.InRange(Saved(unmoved), Saved(adaptive) - 0.05, Saved(adaptive) + 1e-9);
        var (ours, its) = (Psnr(adaptive, full), Psnr(unmoved, full));
        Assert.True(ours > its + 3, $"adaptive {ours:f1} dB, static {its:f1} dB, {Saved(adaptive):p0} saved");
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

        public TranslationOptions Options => new()
        {
            Band = ControlBand.HighPass, Steps = 30, GuidanceScale = Model.Config.GuidanceScale, Eta = Model.Config.Eta,
        };

        public IReadOnlyList<TranslationInput> Inputs { get; }

        public TranslationResult Run(TranslationInput input, TranslationOptions options) => pipeline.Run([input], options)[0];

        public void Dispose() => Model.Dispose();
    }
}
