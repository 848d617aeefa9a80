using System.Text.Json;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Skipping;

public sealed class AdaptiveTests
{
    private static readonly RgbImage Picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
    private static readonly TranslationOptions Options = new()
    {
        Steps = 12, Mode = TranslationMode.Adaptive, Policy = TinyPolicy.Uniform(Verdict.DynamicDecision), Tolerance = 0.02,
    };

    private readonly TranslationPipeline pipeline = new(TinyModel.Get(), TinyModel.Tokenizer());

    [Fact]
    public void ItIsNearerToFullThanStaticPoliciesThatSaveNoMore()
    {
        var full = Run(Options with { Mode = TranslationMode.Full });
        var adaptive = Run(Options);
        var saved = adaptive.FullMacs - adaptive.Macs;
        Assert.InRange((double)saved / adaptive.FullMacs, 0.25, 0.9);
        var psnr = Psnr(adaptive, full);

        var macs = new MacCount(TinyModel.Get(), 16, 16, batch: 2);
        for (var seed = 0; seed < 5; seed++)
        {
            var left = saved / Options.Steps;
            var units = TinyModel.Get().Units.ToArray();
            new Random(seed).Shuffle(units);
            var skipped = units.Where(unit => macs.Residual(unit) <= left && (left -= macs.Residual(unit)) >= 0).ToHashSet();
            var result = Run(Options with
            {
                Mode = TranslationMode.Static,
                Policy = TinyPolicy.Of(unit => skipped.Contains(unit) ? Verdict.AlwaysSkip : Verdict.AlwaysRun),
            });
            Assert.InRange((double)(result.FullMacs - result.Macs) / saved, 0.9, 1);
            Assert.True(psnr > Psnr(result, full) + 10, $"adaptive {psnr:f1} dB, static {Psnr(result, full):f1} dB");
        }
    }

    [Fact]
    public void ItIsNearerToFullThanReuseAtAFixedIntervalThatSavesNoMore()
    {
        var full = Run(Options with { Mode = TranslationMode.Full });
        var adaptive = Run(Options with { Tolerance = 0.08 });
        var regular = pipeline.Run([Input], Options, _ => new EveryOtherStep())[0];
        Assert.True(adaptive.Macs <= regular.Macs, $"adaptive {adaptive.Macs}, every other step {regular.Macs}");
        var (ours, its) = (Psnr(adaptive, full), Psnr(regular, full));
        Assert.True(ours > its + 3, $"adaptive {ours:f1} dB, every other step {its:f1} dB");
    }

    [Fact]
    public void TheTraceTellsTheProbeThatDecided()
    {
        var result = Run(Options);
        Assert.All(result.Trace.Where(row => row.Step < 2),
            row => Assert.Equal((Treatment.Run, "first", null), (row.Treatment, row.Reason, row.Probe)));
        foreach (var row in result.Trace.Where(row => row.Step >= 2))
        {
            var expected = row.Probe > 0.02 ? (Treatment.Run, "changed")
                : row.Reason == "due" ? (Treatment.Run, "due")
                : (Treatment.Reuse, "stable");
            Assert.Equal(expected, (row.Treatment, row.Reason));
            Assert.Equal(row.Treatment == Treatment.Run, row.Macs > 0);
        }
        Assert.Contains(result.Trace, row => row.Treatment == Treatment.Reuse);
        Assert.Contains(result.Trace, row => row.Reason == "changed");
    }

    [Fact]
    public void ALargerToleranceSavesMoreAndATinyOneNothing()
    {
        var macs = new[] { 1e-9, 0.005, 0.02, 0.1 }.Select(tolerance => Run(Options with { Tolerance = tolerance }).Macs).ToArray();
        Assert.Equal(Run(Options).FullMacs, macs[0]);
        Assert.Equal(macs.OrderDescending(), macs);
        Assert.Equal(4, macs.Distinct().Count());
    }

    [Fact]
    public void WithNothingReusedItIsTheStaticModeBitByBit()
    {
        var policy = TinyPolicy.Get(ControlBand.LowPass);
        var (adaptive, fixedly) = (Run(Options with { Policy = policy, Tolerance = 1e-9 }),
            Run(Options with { Policy = policy, Mode = TranslationMode.Static }));
        Assert.Equal(fixedly.Image.Pixels.ToArray(), adaptive.Image.Pixels.ToArray());
        Assert.Equal(fixedly.Macs, adaptive.Macs);
    }

    [Fact]
    public void WithoutAPolicyEveryUnitIsDynamic() =>
        Assert.Equal(Run(Options).Trace, Run(Options with { Policy = null }).Trace);

    [Fact]
    public void ASeedRepeatsItBitByBit()
    {
        var (first, again) = (Run(Options), Run(Options));
        Assert.Equal(first.Image.Pixels.ToArray(), again.Image.Pixels.ToArray());
        Assert.Equal(first.Trace, again.Trace);
    }

    [Fact]
    public void AUnitsOwnToleranceIsAMultipleOfThePolicys()
    {
        var policy = TinyPolicy.Uniform(Verdict.DynamicDecision) with
        {
            Tolerance = 0.02,
            UnitTolerances = new Dictionary<string, double>(StringComparer.Ordinal) { ["diffusion_model.output_blocks.7.1"] = 1e-9 },
        };
        var result = Run(Options with { Policy = policy, Tolerance = null });
        Assert.All(result.Trace.Where(row => row.Layer == "output_blocks.7.1"), row => Assert.Equal(Treatment.Run, row.Treatment));
        Assert.Contains(result.Trace, row => row.Treatment == Treatment.Reuse);

        var unknown = policy with { UnitTolerances = new Dictionary<string, double>(StringComparer.Ordinal) { ["output_blocks.7.1"] = 1 } };
        Assert.Contains("'test' has tolerances for units", Assert.Throws<PolicyException>(
            () => Run(Options with { Policy = unknown })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ItWorksOverDeepCache()
    {
        var cache = new DeepCacheOptions { Interval = 2, Branch = 2 };
        var (both, alone) = (Run(Options with { DeepCache = cache }), Run(Options with { Mode = TranslationMode.Full, DeepCache = cache }));
        Assert.True(both.Macs < alone.Macs);
        Assert.Contains(both.Trace, row => row.Reason == "stable" && row.Step % 2 == 1);
        Assert.Contains(both.Trace, row => row.Reason == "deepcache");
    }

    [Fact]
    public void TheWorstPictureOfABatchDecides()
    {
        TranslationInput[] inputs = [Input, Input with { Prompt = "a dog", Seed = 8 }];
        double[] Probes(params TranslationInput[] batch) =>
            [.. pipeline.Run(batch, Options)[0].Trace.Where(row => row.Step == 2).Select(row => row.Probe!.Value)];
        var (first, second) = (Probes(inputs[0]), Probes(inputs[1]));
        Assert.Contains(first.Zip(second), pair => Math.Abs(pair.First - pair.Second) > 1e-4);
        Assert.All(first.Zip(second, Math.Max).Zip(Probes(inputs)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    /// <summary>side.json's decisions for the reference's own probe, with a decision cache for each network.</summary>
    [Theory]
    [InlineData("normal_noise", 1.0)]
    [InlineData("tiny_input", 1e-4)]
    public void TheReferencesProbeDecidesAsItDoes(string recorded, double scale)
    {
        using var scope = NewDisposeScope();
        using var side = JsonDocument.Parse(File.ReadAllText(Fixtures.Path("tiny", "side.json")));
        var expected = side.RootElement.GetProperty("adaptive_low_pass").GetProperty(recorded);
        var units = TinyModel.Get().Units.ToArray();
        var treatments = new ReferenceTreatments(TinyPolicy.Get(ControlBand.LowPass), units, [801]);
        treatments.Begin(0, Goldens.Get("cond.x_noisy") * scale);
        string[] Skipped(Network network) => [.. units.Where(unit => unit.Network == network)
            .Where(unit => treatments.Decide(unit, 0).Treatment == Treatment.Skip).Select(unit => unit.Layer)];
        string[] Recorded(string name) => [.. expected.GetProperty(name).EnumerateArray().Select(layer => layer.GetString()!)];
        Assert.Equal(Recorded("skip_control"), Skipped(Network.Control));
        Assert.Equal(Recorded("skip_diffusion_if_caches_were_separate"), Skipped(Network.Diffusion));
    }

    private static TranslationInput Input => new(Picture, "a cat on a red carpet", 7);

    private TranslationResult Run(TranslationOptions options) => pipeline.Run([Input], options)[0];

    private static double Psnr(TranslationResult result, TranslationResult full) =>
        FidelityMeasure.Compare(result.Image, full.Image).Psnr;

    /// <summary>FRDiff's plain form: residuals are reused at every other step.</summary>
    private sealed class EveryOtherStep : ITreatments, IDisposable
    {
        private readonly Dictionary<Unit, Tensor> residuals = [];

        public Decision Decide(Unit unit, int step) => new(step % 2 == 0 ? Treatment.Run : Treatment.Reuse, "test");

        public void Observe(Unit unit, int step, Tensor input, Tensor residual)
        {
            if (residuals.Remove(unit, out var last)) last.Dispose();
            residuals[unit] = residual.alias().DetachFromDisposeScope();
        }

        public Tensor Recall(Unit unit) => residuals[unit];

        public void Dispose()
        {
            foreach (var tensor in residuals.Values) tensor.Dispose();
        }
    }
}
