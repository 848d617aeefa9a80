using System.Diagnostics;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Speed;

/// <summary>
/// Times a model's parts, each as "name=seconds" a repeat, and keeps what they computed beside the model, so that the PyTorch baseline
/// can compare: it is fed the same inputs, measure-inputs.safetensors.
/// </summary>
internal static class ModelMeasurement
{
    /// <param name="folder">The model's.</param>
    /// <param name="type">What to compute in.</param>
    /// <param name="repeats">How often.</param>
    /// <param name="steps">Those of the whole translation.</param>
    /// <param name="only">The parts to measure; none: all.</param>
    public static void Run(string folder, ComputeType type, int repeats, int steps, IReadOnlyCollection<string> only)
    {
        NativeRuntime.Load();
        Console.WriteLine($"threads={NativeRuntime.Threads}");
        var model = Timed("load", () => FcDiffusionModel.Load(ModelFiles.Find(Path.Combine(folder, "model.safetensors")), type, "cpu"));

        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var inputs = Inputs(model);
        Safetensors.Write(Path.Combine(folder, "measure-inputs.safetensors"), inputs.Select(pair => (pair.Key, pair.Value)));
        var (x, timestep, context, hint) =
            (inputs["x"].to(model.DType), inputs["timestep"], inputs["context"].to(model.DType), inputs["hint"].to(model.DType));
        using var denoiser = new Denoiser(model, timestep, context, hint, new RunEverything());
        using var unguided = new Denoiser(model, timestep, context, hint: null, new RunEverything());
        using var control = model.Control.Prepare(timestep, context, hint);
        var translation = new Translation(model);
        (string Name, Func<Tensor> Compute)[] parts =
        [
            ("step", () => denoiser.Predict(x, 0)),
            ("control", () => model.Control.Forward(x, new StepContext(0, control, new RunEverything()))[^1].Add),
            ("unet", () => unguided.Predict(x, 0)),
            ("text", () => model.Text.With(text => text.Forward(inputs["tokens"]))),
            ("encode", () => model.Autoencoder.Encode(inputs["image"].to(model.DType))),
            ("decode", () => model.Autoencoder.Decode(x.narrow(0, 0, 1))),
            ("translation", () => translation.Run(inputs["tokens"], inputs["image"], inputs["noise"], steps)),
        ];
        parts = [.. parts.Where(part => only.Count == 0 || only.Contains(part.Name))];

        var outputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            foreach (var (name, compute) in parts)
            {
                using var inner = NewDisposeScope();
                var output = Timed(name, compute).to(float32).DetachFromDisposeScope();
                if (outputs.Remove(name, out var former)) former.Dispose();
                outputs.Add(name, output);
            }
        }
        Safetensors.Write(Path.Combine(folder, $"measure-outputs-{type}.safetensors"), outputs.Select(pair => (pair.Key, pair.Value)));
        Console.WriteLine($"peak_memory_bytes={Process.GetCurrentProcess().PeakWorkingSet64}");
    }

    private static Dictionary<string, Tensor> Inputs(FcDiffusionModel model)
    {
        var side = model.Config.ImageSize;
        using var generator = new Generator(7, CPU);
        Tensor Normal(params long[] shape) => randn(shape, float32, generator: generator);
        return new(StringComparer.Ordinal)
        {
            ["x"] = Normal(2, 4, side, side),
            ["context"] = Normal(2, 77, model.Config.UNet.ContextDim),
            ["hint"] = Normal(2, 4, side, side),
            ["timestep"] = full([1], 501, int64),
            ["tokens"] = randint(model.Text.Layers.VocabularySize, [2, 77], int64, generator: generator),
            ["image"] = Normal(1, 3, model.ImageSize, model.ImageSize).clamp_(-1, 1),
            ["noise"] = Normal(1, 4, side, side),
        };
    }

    private static T Timed<T>(string name, Func<T> work)
    {
        var clock = Stopwatch.StartNew();
        var result = work();
        Console.WriteLine(FormattableString.Invariant($"{name}={clock.Elapsed.TotalSeconds:f4}"));
        return result;
    }
}
