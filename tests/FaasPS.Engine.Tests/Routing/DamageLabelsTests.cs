using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Routing;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests.Routing;

public sealed class DamageLabelsTests
{
    private static readonly RgbImage Picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
    private static readonly RgbImage Other = ImageReader.Read(Fixtures.Path("tiny", "image1.png"));
    private static readonly string[] Prompts = ["a cat", "", "a castle on a hill"];

    private static TranslationPipeline Pipeline() => new(TinyModel.Get(), TinyModel.Tokenizer());

    private static TranslationOptions Skipping() => new()
    {
        Steps = 2,
        Mode = TranslationMode.Static,
        Policy = TinyPolicy.Of(unit => unit.Index % 3 == 0 ? Verdict.AlwaysSkip : Verdict.AlwaysRun),
    };

    [Fact]
    public void PromptsAreRankedByTheDamageOfTheirResults()
    {
        var pipeline = Pipeline();
        var inputs = Prompts.SelectMany(prompt => new[] { new TranslationInput(Picture, prompt, 5), new TranslationInput(Other, prompt, 6) });
        var labels = DamageLabels.Measure(pipeline, [.. inputs], Skipping(), batchSize: 4);
        Assert.Equal(Prompts, labels.Select(label => label.Prompt));

        double Damage(string prompt) => new[] { (Picture, 5L), (Other, 6L) }.Average(item =>
        {
            TranslationInput[] input = [new(item.Item1, prompt, item.Item2)];
            var skipped = pipeline.Run(input, Skipping())[0].Image;
            var full = pipeline.Run(input, new TranslationOptions { Steps = 2 })[0].Image;
            return 1 - FidelityMeasure.Compare(skipped, full).Ssim;
        });
        Assert.All(Prompts, prompt => Assert.InRange(Damage(prompt), 1e-6, 2)); // it does skip
        Assert.Equal(Prompts.OrderBy(Damage), labels.OrderBy(label => label.Complexity).Select(label => label.Prompt));
        Assert.Equal([0, 0.5, 1], labels.Select(label => label.Complexity).Order());
    }

    [Fact]
    public void APolicyThatSkipsNothingHarmsAllAlike()
    {
        var options = Skipping() with { Policy = TinyPolicy.Uniform(Verdict.AlwaysRun) };
        var labels = DamageLabels.Measure(Pipeline(), [.. Prompts.Select(prompt => new TranslationInput(Picture, prompt, 5))], options);
        Assert.All(labels, label => Assert.Equal(0.5, label.Complexity));
    }

    [Fact]
    public void RanksAreFromNoughtToOneAndTiesShareThem()
    {
        Assert.Equal([1, 0, 0.5], DamageLabels.Ranks([0.9, 0.1, 0.2]));
        Assert.Equal([0.5, 0.5, 0.5], DamageLabels.Ranks([3, 3, 3]));
        Assert.Equal([0.125, 0.125, 0.75, 0.75, 0.75], DamageLabels.Ranks([1, 1, 2, 2, 2]));
        Assert.Equal([0.5], DamageLabels.Ranks([7]));
        Assert.Empty(DamageLabels.Ranks([]));
    }
}
