using System.Diagnostics;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Speed;

/// <summary>Where a step's time goes: each unit's residual in milliseconds beside its multiply-accumulates, as a markdown table.</summary>
internal sealed class UnitTimes : ITreatments
{
    private static readonly Decision Run = new(Treatment.Run, "timed");

    private readonly Stopwatch clock = new();
    private readonly Dictionary<Unit, List<double>> milliseconds = [];

    public static void Print(string folder, ComputeType type, int repeats)
    {
        NativeRuntime.Load();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder), type, "cpu");
        var side = model.Config.ImageSize;
        using var generator = new Generator(7, CPU);
        Tensor Normal(params long[] shape) => randn(shape, float32, generator: generator);
        var (x, context, hint) = (Normal(2, 4, side, side), Normal(2, 77, model.Config.UNet.ContextDim), Normal(2, 4, side, side));
        var times = new UnitTimes();
        var steps = new List<double>();
        using var denoiser = new Denoiser(model, full([1], 501, int64), context, hint, times);
        for (var repeat = 0; repeat <= repeats; repeat++)
        {
            var clock = Stopwatch.StartNew();
            denoiser.Predict(x, 0).Dispose();
            steps.Add(clock.Elapsed.TotalMilliseconds);
            if (repeat > 0) continue;
            steps.Clear(); // the first step only warms up
            times.milliseconds.Clear();
        }
        Console.WriteLine($"{type}, {NativeRuntime.Threads} threads, batch 2, {side}x{side} latents, medians of {repeats}\n");
        times.Table(model, new MacCount(model, side, side, batch: 2), Median(steps));
    }

    public Decision Decide(Unit unit, int step)
    {
        clock.Restart();
        return Run;
    }

    public void Observe(Unit unit, int step, Tensor input, Tensor residual)
    {
        var spent = clock.Elapsed.TotalMilliseconds;
        if (!milliseconds.TryGetValue(unit, out var list)) milliseconds.Add(unit, list = []);
        list.Add(spent);
    }

    public Tensor Recall(Unit unit) => throw new InvalidOperationException("Nothing is reused here.");

    private void Table(FcDiffusionModel model, MacCount macs, double step)
    {
        Console.WriteLine("| network | unit | kind | GMAC | ms | GMAC/s | share |\n|---|---|---|---:|---:|---:|---:|");
        var spent = 0.0;
        foreach (var layer in model.Control.Units.Concat(model.UNet.Units))
        {
            var (ms, work) = (Median(milliseconds[layer.Unit]), macs.Residual(layer.Unit));
            Row(layer.Unit.Network.ToString(), layer.Unit.Layer, layer is ResBlock ? "ResBlock" : "transformer", work, ms, step);
            spent += ms;
        }
        Row("both", "the rest", "", macs.Fixed(default), step - spent, step);
        Row("both", "the step", "", macs.Full, step, step);
    }

    private static void Row(string network, string unit, string kind, long macs, double ms, double step) => Console.WriteLine(
        FormattableString.Invariant(
            $"| {network} | {unit} | {kind} | {macs / 1e9:f2} | {ms:f1} | {macs / ms / 1e6:f0} | {100 * ms / step:f1} % |"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
