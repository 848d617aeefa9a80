using System.Diagnostics;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Speed;

/// <summary>
/// What a guided step takes beside the networks: guidance, the sampler's update, the trace and the look at memory for progress. Whole runs of
/// the sampling loop, and as many bare predictions, in turn.
/// </summary>
internal static class Overhead
{
    public static void Print(string folder, ComputeType type, int steps, int repeats)
    {
        NativeRuntime.Load();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder), type, "cpu");
        var side = model.Config.ImageSize;
        using var generator = new Generator(7, CPU);
        Tensor Normal(params long[] shape) => randn(shape, float32, generator: generator);
        var noise = Normal(1, model.Config.Channels, side, side);
        var (context, hint, pair) = (Normal(2, 77, model.Config.UNet.ContextDim), Normal(2, model.Config.Channels, side, side), cat([noise, noise]));
        var sampler = new DdimSampler(model.Schedule, Timesteps.Select(model.Schedule, steps));
        var timesteps = Enumerable.Range(0, steps).Select(sampler.Timestep).ToArray();
        var macs = new MacCount(model, side, side, batch: 2);

        double Whole()
        {
            using var inner = NewDisposeScope();
            var memory = new ProcessMemory();
            var trace = new TraceRecorder(new RunEverything(), timesteps, macs.FixedOf, macs.Residual);
            using var denoiser = new Denoiser(model, tensor(timesteps), context, hint, trace);
            var clock = Stopwatch.StartNew();
            new SamplingLoop(denoiser, sampler, guidanceScale: 9).Run(noise, stepped: (_, _) => memory.Look());
            return clock.Elapsed.TotalMilliseconds / steps;
        }

        double Bare()
        {
            using var inner = NewDisposeScope();
            using var denoiser = new Denoiser(model, tensor(timesteps), context, hint, new RunEverything());
            var clock = Stopwatch.StartNew();
            for (var step = 0; step < steps; step++) denoiser.Predict(pair, step).Dispose();
            return clock.Elapsed.TotalMilliseconds / steps;
        }

        _ = (Bare(), Whole()); // caches and allocators reach their size
        var rounds = Enumerable.Range(0, repeats).Select(_ => (Bare: Bare(), Whole: Whole())).ToArray();
        var (bare, beside) = (Median(rounds.Select(round => round.Bare)), Median(rounds.Select(round => round.Whole - round.Bare)));
        Console.WriteLine(FormattableString.Invariant(
            $"{type}, {NativeRuntime.Threads} threads, {side}x{side} latents, medians of {repeats} rounds of {steps} steps"));
        Console.WriteLine(FormattableString.Invariant(
            $"networks {bare:f2} ms a step, beside them {beside:f2} ms: {100 * beside / (bare + beside):f1} %"));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
