using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests.Skipping;

public sealed class StaticTests
{
    private static readonly RgbImage Picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
    private static readonly TranslationOptions Options = new() { Steps = 3, Mode = TranslationMode.Static };

    private readonly TranslationPipeline pipeline = new(TinyModel.Get(), TinyModel.Tokenizer());

    [Fact]
    public void APolicyThatSkipsNothingGivesTheBitsOfFullMode()
    {
        var full = Run(Options with { Mode = TranslationMode.Full });
        foreach (var verdict in new[] { Verdict.AlwaysRun, Verdict.DynamicDecision })
        {
            var result = Run(Options with { Policy = TinyPolicy.Uniform(verdict) });
            Assert.Equal(full.Image.Pixels.ToArray(), result.Image.Pixels.ToArray());
            Assert.Equal(result.FullMacs, result.Macs);
        }
    }

    [Theory]
    [InlineData(ControlBand.LowPass, 2)]
    [InlineData(ControlBand.HighPass, 3)]
    public void TheTraceIsThePolicyAtEveryStep(ControlBand band, int atLeast)
    {
        var policy = TinyPolicy.Get(band);
        var skipped = policy.ControlModel.Select(pair => (Network.Control, pair))
            .Concat(policy.DiffusionModel.Select(pair => (Network.Diffusion, pair)))
            .Where(entry => entry.pair.Value == Verdict.AlwaysSkip).Select(entry => (entry.Item1, entry.pair.Key)).Order().ToArray();
        Assert.True(skipped.Length >= atLeast);

        var result = Run(Options with { Band = band, Policy = policy });
        var units = TinyModel.Get().Units.ToArray();
        Assert.Equal(3 * units.Length, result.Trace.Count);
        foreach (var step in result.Trace.GroupBy(row => row.Step))
        {
            Assert.Equal(skipped, step.Where(row => row.Treatment == Treatment.Skip).Select(row => (row.Network, row.Layer)).Order());
            Assert.All(step.Where(row => row.Treatment == Treatment.Skip), row => Assert.Equal(("policy", 0L), (row.Reason, row.Macs)));
            Assert.Equal(units.Length - skipped.Length, step.Count(row => row.Treatment == Treatment.Run));
        }
        var full = Run(Options with { Mode = TranslationMode.Full, Band = band });
        var left = full.Trace.Where(row => skipped.Contains((row.Network, row.Layer))).Sum(row => row.Macs);
        Assert.Equal(full.FullMacs - left, result.Macs);
        Assert.NotEqual(full.Image.Pixels.ToArray(), result.Image.Pixels.ToArray());
    }

    [Fact]
    public void ASeedRepeatsASkippingRunBitByBit()
    {
        var options = Options with { Band = ControlBand.HighPass, Policy = TinyPolicy.Get(ControlBand.HighPass) };
        var (first, again) = (Run(options), Run(options));
        Assert.Equal(first.Image.Pixels.ToArray(), again.Image.Pixels.ToArray());
        Assert.Equal(first.Trace, again.Trace);
    }

    [Fact]
    public void EverythingCanBeSkippedAtOnce()
    {
        var result = Run(Options with { Policy = TinyPolicy.Uniform(Verdict.AlwaysSkip) });
        Assert.All(result.Trace, row => Assert.Equal(Treatment.Skip, row.Treatment));
        Assert.InRange(result.Macs, 1, result.FullMacs / 4);
    }

    [Fact]
    public void LayersOfAnotherModelAreRefusedByName()
    {
        var policy = TinyPolicy.Uniform(Verdict.AlwaysRun);
        policy = policy with
        {
            Name = "large",
            DiffusionModel = [.. policy.DiffusionModel, KeyValuePair.Create("input_blocks.11.0", Verdict.AlwaysSkip)],
            ControlModel = [.. policy.ControlModel, KeyValuePair.Create("output_blocks.0.0", Verdict.AlwaysSkip)],
        };
        var exception = Assert.Throws<PolicyException>(() => Run(Options with { Policy = policy }));
        Assert.Contains("'large'", exception.Message, StringComparison.Ordinal);
        Assert.Contains("output_blocks.0.0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALayerNamedTwiceIsRefused()
    {
        var policy = TinyPolicy.Uniform(Verdict.AlwaysRun);
        policy = policy with { DiffusionModel = [.. policy.DiffusionModel, KeyValuePair.Create("middle_block.1", Verdict.AlwaysSkip)] };
        var exception = Assert.Throws<PolicyException>(() => Run(Options with { Policy = policy }));
        Assert.Contains("diffusion_model.middle_block.1 twice", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherBandsOrModelsPolicyIsRefused()
    {
        var policy = TinyPolicy.Get(ControlBand.MidPass);
        var exception = Assert.Throws<PolicyException>(() => Run(Options with { Band = ControlBand.LowPass, Policy = policy }));
        Assert.Contains("mid_pass", exception.Message, StringComparison.Ordinal);
        Assert.Throws<PolicyException>(() => (policy with { Model = "large" }).For(ControlBand.MidPass, "demo"));
        Assert.Equal("large", (policy with { Model = "large" }).For(ControlBand.MidPass, "Large").Model);
    }

    [Fact]
    public void WithoutAPolicyItIsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => Run(Options));
        Assert.StartsWith("Policy", exception.Message, StringComparison.Ordinal);
    }

    private TranslationResult Run(TranslationOptions options) => pipeline.Run([new(Picture, "a cat on a red carpet", 7)], options)[0];
}
