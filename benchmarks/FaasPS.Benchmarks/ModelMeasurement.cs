using System.Diagnostics;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks;

/// <summary>
/// Times a model's parts, each as "name=seconds" a repeat, and keeps what they computed beside the model, so that the PyTorch baseline
/// can compare: it is fed the same inputs, measure-inputs.safetensors.
/// </summary>
internal static class ModelMeasurement
{
    public static void Run(string folder, ComputeType type, int repeats)
    {
        NativeRuntime.Load();
        Console.WriteLine($"threads={NativeRuntime.Threads}");
        var model = Timed("load", () => FcDiffusionModel.Load(ModelFiles.Find(Path.Combine(folder, "model.safetensors")), type, "cpu"));

        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var side = model.Config.ImageSize;
        using var generator = new Generator(7, CPU);
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["x"] = randn([2, 4, side, side], float32, generator: generator),
            ["context"] = randn([2, 77, model.Config.UNet.ContextDim], float32, generator: generator),
            ["hint"] = randn([2, 4, side, side], float32, generator: generator),
            ["timestep"] = full([1], 501, int64),
        };
        Safetensors.Write(Path.Combine(folder, "measure-inputs.safetensors"), inputs.Select(pair => (pair.Key, pair.Value)));

        using var denoiser = new Denoiser(model, inputs["timestep"], inputs["context"], inputs["hint"], new RunEverything());
        var outputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            outputs["epsilon"] = Timed("step", () => denoiser.Predict(inputs["x"], 0)).to(float32);
            outputs["image"] = Timed("decode", () => model.Autoencoder.Decode(inputs["x"].narrow(0, 0, 1).to(model.DType))).to(float32);
        }
        Safetensors.Write(Path.Combine(folder, $"measure-outputs-{type}.safetensors"), outputs.Select(pair => (pair.Key, pair.Value)));
        Console.WriteLine($"peak_memory_bytes={Process.GetCurrentProcess().PeakWorkingSet64}");
    }

    private static T Timed<T>(string name, Func<T> work)
    {
        var clock = Stopwatch.StartNew();
        var result = work();
        Console.WriteLine(FormattableString.Invariant($"{name}={clock.Elapsed.TotalSeconds:f4}"));
        return result;
    }
}
