using System.Diagnostics;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Savings;

/// <summary>
/// What skipping brings in time on a model of any weights: the mean time of a guided step (batch 2) in Full mode, with a static policy
/// that skips about a share of the work, and with DeepCache, measured in turn; beside it the ratio of multiply-accumulates.
/// </summary>
internal sealed class StepSpeed
{
    private const double StaticShare = 0.3;

    private readonly FcDiffusionModel model;
    private readonly MacCount macs;
    private readonly Tensor x;
    private readonly Tensor context;
    private readonly Tensor hint;

    public StepSpeed(FcDiffusionModel model)
    {
        this.model = model;
        var side = model.Config.ImageSize;
        macs = new MacCount(model, side, side, batch: 2);
        using var generator = new Generator(7, CPU);
        x = randn([2, model.Config.Channels, side, side], float32, generator: generator);
        context = randn([2, 77, model.Config.UNet.ContextDim], float32, generator: generator);
        hint = randn([2, model.Config.Channels, side, side], float32, generator: generator);
    }

    public static void Run(string folder, ComputeType type, int repeats)
    {
        NativeRuntime.Load();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var loaded = FcDiffusionModel.Load(ModelFiles.Find(Path.Combine(folder, "model.safetensors")), type, "cpu");
        Console.WriteLine($"{type}, {NativeRuntime.Threads} threads, batch 2, medians of {repeats}");
        new StepSpeed(loaded).Compare(repeats);
    }

    private void Compare(int repeats)
    {
        var policy = Policy();
        var units = model.Units.ToArray();
        (string Name, int Steps, Func<int[], ITreatments> Fill)[] ways =
        [
            ("full", 1, _ => new RunEverything()),
            ($"static, {StaticShare:p0} of the work", 1, _ => new StaticTreatments(policy, units)),
            ("deepcache 3, branch 0", 3, Cached(3)),
            ("deepcache 5, branch 0", 5, Cached(5)),
        ];
        var times = ways.Select(_ => new List<double>()).ToArray();
        var spent = new double[ways.Length];
        for (var repeat = 0; repeat <= repeats; repeat++) // the first round only warms up
        {
            for (var i = 0; i < ways.Length; i++)
            {
                var (time, work) = Measure(ways[i].Steps, ways[i].Fill);
                if (repeat > 0) times[i].Add(time);
                spent[i] = work;
            }
        }
        Console.WriteLine($"{"",-28} {"s/step",8} {"faster",7} {"by MACs",8} {"share",6}");
        var full = Median(times[0]);
        for (var i = 0; i < ways.Length; i++)
        {
            var (faster, byMacs) = (full / Median(times[i]), spent[0] / spent[i]);
            Console.WriteLine($"{ways[i].Name,-28} {Median(times[i]),8:f3} {faster,6:f2}x {byMacs,7:f2}x {faster / byMacs,6:f2}");
        }
    }

    private static Func<int[], ITreatments> Cached(int interval) => timesteps => new DeepCacheTreatments(
        new RunEverything(), DeepCacheSchedule.Plan(new DeepCacheOptions { Interval = interval }, timesteps));

    /// <summary>A run of some steps: seconds and multiply-accumulates of a step, in the mean.</summary>
    private (double Seconds, double Macs) Measure(int steps, Func<int[], ITreatments> fill)
    {
        using var scope = NewDisposeScope();
        var timesteps = Enumerable.Range(0, steps).Select(step => 981 - (20 * step)).ToArray();
        var trace = new TraceRecorder(fill(timesteps), timesteps, macs.FixedOf, macs.Residual);
        using var denoiser = new Denoiser(model, tensor(timesteps), context, hint, trace);
        var clock = Stopwatch.StartNew();
        for (var step = 0; step < steps; step++) denoiser.Predict(x, step).Dispose();
        return (clock.Elapsed.TotalSeconds / steps, (double)trace.Macs / steps);
    }

    /// <summary>The units with the least work first, until the share is reached: the hardest case, for many small savings cost overhead.</summary>
    private SkipPolicy Policy()
    {
        var (left, skipped) = (StaticShare * macs.Full, new List<Unit>());
        foreach (var unit in model.Units.OrderBy(macs.Residual).TakeWhile(unit => (left -= macs.Residual(unit)) >= 0)) skipped.Add(unit);
        KeyValuePair<string, Verdict>[] Section(Network network) =>
            [.. skipped.Where(unit => unit.Network == network).Select(unit => KeyValuePair.Create(unit.Layer, Verdict.AlwaysSkip))];
        return new SkipPolicy("least work first", Band: null, Model: null, Section(Network.Control), Section(Network.Diffusion));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
