using System.Diagnostics;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Speed;

/// <summary>
/// What a guided step takes beside the networks: guidance, the sampler's update, the trace and the look at memory for progress; and what
/// adaptive mode's probes take on top when they find nothing to reuse. Whole runs of the sampling loop, and as many bare predictions, in turn.
/// </summary>
internal static class Overhead
{
    public static void Print(string folder, ComputeType type, int steps, int repeats, string? policyFile)
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

        double Whole(ITreatments treatments)
        {
            using var inner = NewDisposeScope();
            using var owned = treatments as IDisposable;
            var memory = new ProcessMemory();
            var trace = new TraceRecorder(treatments, timesteps, macs.FixedOf, macs.Residual);
            using var denoiser = new Denoiser(model, tensor(timesteps), context, hint, trace);
            var clock = Stopwatch.StartNew();
            new SamplingLoop(denoiser, sampler, guidanceScale: 9).Run(noise, stepped: (_, _) => memory.Look());
            return clock.Elapsed.TotalMilliseconds / steps;
        }

        double Full() => Whole(new RunEverything());
        // With or without probes the same units run: the tolerance lets nothing be reused.
        var policy = policyFile is null ? SkipPolicy.AllDynamic(model.Units) : PolicyFile.Read(policyFile);
        double Unprobed() => Whole(new StaticTreatments(policy, model.Units));
        double Probed() => Whole(new AdaptiveTreatments(policy, model.Units, tolerance: 1e-9));
        double Bare()
        {
            using var inner = NewDisposeScope();
            using var denoiser = new Denoiser(model, tensor(timesteps), context, hint, new RunEverything());
            var clock = Stopwatch.StartNew();
            for (var step = 0; step < steps; step++) denoiser.Predict(pair, step).Dispose();
            return clock.Elapsed.TotalMilliseconds / steps;
        }

        _ = (Bare(), Full(), Unprobed(), Probed()); // caches and allocators reach their size
        var rounds = Enumerable.Range(0, repeats).Select(_ => (Bare: Bare(), Full: Full(), Unprobed: Unprobed(), Probed: Probed())).ToArray();
        var bare = Median(rounds.Select(round => round.Bare));
        var beside = Median(rounds.Select(round => round.Full - round.Bare));
        var probed = policy.ControlModel.Concat(policy.DiffusionModel).Count(unit => unit.Value == Verdict.DynamicDecision);
        var probes = Median(rounds.Select(round => round.Probed - round.Unprobed));
        Console.WriteLine(FormattableString.Invariant(
            $"{type}, {NativeRuntime.Threads} threads, {side}x{side} latents, medians of {repeats} rounds of {steps} steps"));
        Console.WriteLine(FormattableString.Invariant(
            $"networks {bare:f2} ms a step, beside them {beside:f2} ms: {100 * beside / (bare + beside):f1} %; probes of {probed} units {probes:f2} ms: {100 * probes / (bare + beside):f1} %"));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
