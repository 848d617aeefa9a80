using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Cuda;

/// <summary>
/// Times a model on a device, each part as "name=seconds" a repeat. What a call has queued is finished before the clock is read: that is
/// what makes times on CUDA true. What the PyTorch baseline needs to do the same lies beside the model afterwards:
/// device-inputs.safetensors, device-sizes.json, and what came out here, device-outputs.safetensors.
/// </summary>
internal sealed class DeviceMeasurement(FcDiffusionModel model, int repeats)
{
    private const int Steps = 50;
    private const double GuidanceScale = 9;

    private static readonly int[] Batches = [1, 2, 4, 8];

    public static void Run(string folder, ComputeType type, string device, int repeats)
    {
        NativeRuntime.Load();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        using var model = FcDiffusionModel.Load(ModelFiles.Find(Path.Combine(folder, "model.safetensors")), type, device);
        Finish(model.Device);
        Write("load", clock);
        new DeviceMeasurement(model, repeats).Measure(folder);
    }

    private void Measure(string folder)
    {
        var side = model.Config.ImageSize;
        using var generator = new Generator(7, CPU);
        Tensor Random(params long[] shape) => randn(shape, float32, generator: generator);
        var samples = 2 * Batches.Max(); // both halves of guidance
        var inputs = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["x"] = Random(samples, model.Config.Channels, side, side),
            ["context"] = Random(samples, 77, model.Config.UNet.ContextDim),
            ["hint"] = Random(samples, model.Config.Channels, side, side),
        };
        Save(folder, "device-inputs", inputs);
        File.WriteAllText(Path.Combine(folder, "device-sizes.json"), Sizes());
        inputs = inputs.ToDictionary(pair => pair.Key, pair => pair.Value.to(model.Device), StringComparer.Ordinal);
        var outputs = new Dictionary<string, Tensor>(StringComparer.Ordinal);

        foreach (var batch in Batches)
        {
            Tensor Part(string name) => inputs[name].narrow(0, 0, 2 * batch);
            using var denoiser = new Denoiser(
                model, tensor(new[] { 501L }, device: model.Device), Part("context"), Part("hint"), new RunEverything());
            var epsilon = Repeat($"step of {batch}", () => denoiser.Predict(Part("x"), 0));
            if (batch == 1) outputs["epsilon"] = epsilon.to(float32);
        }
        var z = inputs["x"].narrow(0, 0, 1);
        outputs["image"] = Repeat("decode", () => model.Autoencoder.Decode(z.to(model.DType))).to(float32);
        Repeat("translation", () => Translate(z, inputs["context"].narrow(0, 0, 2), inputs["hint"].narrow(0, 0, 2)));
        Save(folder, "device-outputs", outputs);
    }

    /// <summary>Noise, embeddings and hint to a picture on the host: what a translation does after its text tower and encoder.</summary>
    private Tensor Translate(Tensor noise, Tensor context, Tensor hint)
    {
        var sampler = new DdimSampler(model.Schedule, Timesteps.Select(model.Schedule, Steps));
        var timesteps = Enumerable.Range(0, Steps).Select(step => (long)sampler.Timestep(step)).ToArray();
        using var denoiser = new Denoiser(model, tensor(timesteps, device: model.Device), context, hint, new RunEverything());
        var latents = new SamplingLoop(denoiser, sampler, GuidanceScale).Run(noise);
        return model.Autoencoder.Decode((latents / model.Config.ScaleFactor).to(model.DType)).cpu();
    }

    /// <summary>Once to warm up, which is not counted, then the repeats; gives the last result.</summary>
    private Tensor Repeat(string name, Func<Tensor> work)
    {
        Tensor? result = null;
        for (var repeat = 0; repeat <= repeats; repeat++)
        {
            result?.Dispose();
            using var scope = NewDisposeScope();
            Finish(model.Device);
            var clock = Stopwatch.StartNew();
            result = work().MoveToOuterDisposeScope();
            Finish(model.Device);
            if (repeat > 0) Write(name, clock);
        }
        return result!;
    }

    /// <summary>What the baseline's networks must be told, in the shape of model_config.yaml.</summary>
    private string Sizes()
    {
        Dictionary<string, object> Nest(string name, object value) => new(StringComparer.Ordinal) { [name] = value };
        var unet = new { model_channels = model.Config.UNet.ModelChannels, num_head_channels = model.Config.UNet.NumHeadChannels };
        var parameters = Nest("unet_config", Nest("params", unet));
        parameters["first_stage_config"] = Nest("params", Nest("ddconfig", new { ch_mult = model.Config.FirstStage.ChannelMult }));
        parameters["cond_stage_config"] = Nest("params", new { layer = model.Config.Text.Layer });
        parameters["scale_factor"] = model.Config.ScaleFactor;
        parameters["linear_start"] = model.Config.LinearStart;
        parameters["linear_end"] = model.Config.LinearEnd;
        return JsonSerializer.Serialize(Nest("model", Nest("params", parameters)));
    }

    private static void Save(string folder, string name, Dictionary<string, Tensor> tensors) =>
        Safetensors.Write(Path.Combine(folder, $"{name}.safetensors"), tensors.Select(pair => (pair.Key, pair.Value)));

    private static void Finish(Device device)
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }

    private static void Write(string name, Stopwatch clock) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={clock.Elapsed.TotalSeconds:f6}"));
}
