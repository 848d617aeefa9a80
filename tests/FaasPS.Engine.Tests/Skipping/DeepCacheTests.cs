using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Skipping;

public sealed class DeepCacheTests
{
    private static readonly RgbImage Picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
    private static readonly TranslationOptions Options = new() { Steps = 6 };
    private static readonly int[] Fifty = [.. Enumerable.Range(0, 50).Select(step => 981 - (20 * step))];

    private readonly TranslationPipeline pipeline = new(TinyModel.Get(), TinyModel.Tokenizer());

    public static TheoryData<int> Branches => [.. Enumerable.Range(0, 8)];

    /// <summary>Against the whole network at every step, in which the cached tensor takes the computed one's place.</summary>
    [Theory]
    [MemberData(nameof(Branches))]
    public void ARetrievalIsTheWholeStepOnTheKeptDeepPart(int branch)
    {
        using var scope = NewDisposeScope();
        var model = TinyModel.Get();
        int[] timesteps = [801, 701, 601];
        var (context, hint) = (Goldens.Get("cond.context"), Goldens.Get("cond.hint"));
        var latents = timesteps.Select((_, i) => Goldens.Get("cond.x_noisy") * (1 + (0.1 * i))).ToArray();
        var plans = DeepCacheSchedule.Plan(new DeepCacheOptions { Interval = 3, Branch = branch }, timesteps);
        using var denoiser = new Denoiser(
            model, tensor(timesteps), context, hint, new DeepCacheTreatments(new RunEverything(), plans));

        var naive = new NaiveUNet(scope);
        using var control = model.Control.Prepare(tensor(timesteps), context, hint);
        Tensor? kept = null;
        for (var step = 0; step < 3; step++)
        {
            var pairs = model.Control.Forward(latents[step], new StepContext(step, control, new RunEverything()));
            var (expected, entering) = naive.Forward(
                latents[step], timesteps[step], context, pairs, kept is null ? null : (7 - branch, kept));
            if (step == 0) kept = entering[7 - branch];
            var difference = (denoiser.Predict(latents[step], step) - expected).abs().max().item<float>();
            Assert.True(difference < 2e-5, $"branch {branch}, step {step}: off by {difference}");
        }
    }

    [Fact]
    public void AnIntervalOfOneGivesTheBitsOfFullMode()
    {
        var (full, cached) = (Run(Options), Run(Options with { DeepCache = new DeepCacheOptions { Interval = 1 } }));
        Assert.Equal(full.Image.Pixels.ToArray(), cached.Image.Pixels.ToArray());
        Assert.Equal(full.Trace, cached.Trace);
        Assert.Equal(full.Macs, cached.Macs);
    }

    [Fact]
    public void TheTraceTellsWhatARetrievalDidNotReach()
    {
        var result = Run(Options with { DeepCache = new DeepCacheOptions { Interval = 3, Branch = 1 } });
        var units = TinyModel.Get().Units.ToArray();
        Assert.Equal(6 * units.Length, result.Trace.Count);
        foreach (var step in result.Trace.GroupBy(row => row.Step))
        {
            Assert.Equal(units.Select(unit => unit.ToString()).Order(StringComparer.Ordinal),
                step.Select(row => new Unit(row.Network, row.Layer, 0).ToString()).Order(StringComparer.Ordinal));
            var run = step.Where(row => row.Treatment == Treatment.Run).Select(row => row.Layer).ToArray();
            if (step.Key % 3 == 0)
            {
                Assert.Equal(units.Length, run.Length);
                continue;
            }
            Assert.Equal(
                ["input_blocks.1.0", "input_blocks.1.1", "input_blocks.1.0", "input_blocks.1.1",
                    "output_blocks.6.0", "output_blocks.6.1", "output_blocks.7.0", "output_blocks.7.1"],
                run);
            Assert.All(step.Where(row => row.Treatment != Treatment.Run),
                row => Assert.Equal((Treatment.Reuse, "deepcache", 0L), (row.Treatment, row.Reason, row.Macs)));
        }
        Assert.True(result.Macs < result.FullMacs);
    }

    [Fact]
    public void WhatAPolicySkipsStaysSkippedOnTop()
    {
        var policy = TinyPolicy.Of(unit => unit.Layer is "output_blocks.7.1" or "middle_block.1" ? Verdict.AlwaysSkip : Verdict.AlwaysRun);
        var result = Run(Options with
        {
            Mode = TranslationMode.Static, Policy = policy, DeepCache = new DeepCacheOptions { Interval = 2 },
        });
        Assert.All(result.Trace.Where(row => row.Layer == "output_blocks.7.1"), row => Assert.Equal(Treatment.Skip, row.Treatment));
        Assert.All(result.Trace.Where(row => row.Layer == "middle_block.1"),
            row => Assert.Equal(row.Step % 2 == 0 ? Treatment.Skip : Treatment.Reuse, row.Treatment));
    }

    [Fact]
    public void NothingOutlivesARun()
    {
        var options = Options with { DeepCache = new DeepCacheOptions { Interval = 3 } };
        var first = Run(options);
        pipeline.Run([new(Picture, "something else", 3)], options);
        Assert.Equal(first.Image.Pixels.ToArray(), Run(options).Image.Pixels.ToArray());
    }

    [Fact]
    public void StepsAboveTheStartRunWhole()
    {
        // SYSTEMS.md, section 10: 50 steps, interval 3 from timestep 500 on: 25 + 9 whole steps, 16 retrievals.
        var plans = DeepCacheSchedule.Plan(new DeepCacheOptions { Interval = 3, Start = 500 }, Fifty);
        Assert.Equal(16, plans.Count(plan => plan.Retrieves));
        Assert.DoesNotContain(plans.Take(25), plan => plan.Retrieves || plan.Branch is not null);
        Assert.Equal([true, false, false, true], plans.Skip(25).Take(4).Select(plan => !plan.Retrieves));
        Assert.Equal(50, DeepCacheSchedule.Plan(new DeepCacheOptions { Start = 0 }, Fifty).Count(plan => plan == default));
    }

    [Fact]
    public void OnlyWhatIsRetrievedIsKept()
    {
        var plans = DeepCacheSchedule.Plan(new DeepCacheOptions { Interval = 3, Branch = 2 }, Fifty[..4]);
        Assert.Equal([new StepPlan(2), new StepPlan(2, true), new StepPlan(2, true), new StepPlan()], plans);
    }

    /// <summary>The steps that the formula gives in NumPy, complex powers and int32 included.</summary>
    [Theory]
    [InlineData(3, 15, 1.4, new[] { 0, 3, 6, 8, 11, 13, 15, 17, 20, 22, 25, 28, 32, 35, 38, 42, 46 })]
    [InlineData(5, 10, 1.2, new[] { 0, 5, 9, 12, 16, 21, 26, 32, 38, 43 })]
    [InlineData(5, null, 1.4, new[] { 0, 4, 8, 12, 16, 20, 25, 31, 37, 43 })]
    public void TheQuadraticSpacingMeetsItsFormula(int interval, int? center, double power, int[] expected)
    {
        var plans = DeepCacheSchedule.Plan(
            new DeepCacheOptions { Interval = interval, Spacing = DeepCacheSpacing.Quadratic, Center = center, Power = power }, Fifty);
        var keys = plans.Select((plan, step) => (plan, step)).Where(entry => !entry.plan.Retrieves).Select(entry => entry.step);
        Assert.Equal(expected, keys);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(50)]
    public void AnySpacingStartsWholeAndKeepsToItsShare(int steps)
    {
        foreach (var spacing in Enum.GetValues<DeepCacheSpacing>())
        {
            for (var interval = 1; interval <= 12; interval++)
            {
                var plans = DeepCacheSchedule.Plan(new DeepCacheOptions { Interval = interval, Spacing = spacing }, Fifty[..steps]);
                Assert.False(plans[0].Retrieves);
                Assert.Equal((steps + interval - 1) / interval, plans.Count(plan => !plan.Retrieves));
            }
        }
    }

    public static TheoryData<DeepCacheOptions, string> BadOptions => new()
    {
        { new() { Interval = 0 }, "interval" },
        { new() { Start = 1000 }, "start" },
        { new() { Branch = -1 }, "branch" },
        { new() { Branch = 8 }, "from 0 to 7" },
        { new() { Power = 1 }, "power" },
        { new() { Center = -1 }, "center" },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void OptionsOutOfRangeAreRefused(DeepCacheOptions options, string part)
    {
        var exception = Assert.Throws<ArgumentException>(() => Run(Options with { DeepCache = options }));
        Assert.Contains(part, exception.Message, StringComparison.Ordinal);
    }

    private TranslationResult Run(TranslationOptions options) => pipeline.Run([new(Picture, "a cat on a red carpet", 7)], options)[0];
}
