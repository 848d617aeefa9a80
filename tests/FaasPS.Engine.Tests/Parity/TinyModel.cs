using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>The reference's small model in its four forms, which hold the same weights. Loaded once for all tests.</summary>
internal static class TinyModel
{
    public static readonly string[] Forms = ["model.ckpt", "model_legacy.ckpt", "model_half.ckpt", "model.safetensors"];

    private static readonly Dictionary<string, Lazy<FcDiffusionModel>> Loaded = Forms.ToDictionary(
        form => form, form => new Lazy<FcDiffusionModel>(() => FcDiffusionModel.Load(Files(form), device: "cpu")), StringComparer.Ordinal);

    public static ModelFiles Files(string form = "model.safetensors") => ModelFiles.Find(Fixtures.Path("tiny", form));

    public static FcDiffusionModel Get(string form = "model.safetensors") => Loaded[form].Value;

    /// <summary>The weights, for tests that build single layers; the dispose scope frees what they load.</summary>
    public static WeightScope Weights(DisposeScope scope)
    {
        NativeRuntime.Load();
        return new WeightScope(new ScopedWeights(CheckpointFile.Open(Files().Checkpoint), scope), ScalarType.Float32, CPU);
    }

    /// <summary>The demo model's vocabulary, of the 600 tokens that the small text tower knows.</summary>
    public static ClipTokenizer Tokenizer() => ClipTokenizer.Load(Fixtures.Path("tiny"));

    public static ModelConfig Config() => ModelConfig.Load(Files().Config);

    /// <summary>FCDiffusion's apply_model: a timestep for each sample.</summary>
    public static Tensor ApplyModel(FcDiffusionModel model, Tensor x, Tensor timesteps, Tensor context, Tensor? hint)
    {
        using var denoiser = new Denoiser(model, timesteps, context, hint, new RunEverything());
        return denoiser.Predict(x, step: null);
    }

    /// <summary>DDIM from recorded noise with guidance 9.</summary>
    public static Tensor Sample(
        FcDiffusionModel model, int steps, Tensor noise, Tensor context, Tensor uncondContext, Tensor hint,
        double? dynamicThreshold = null, Action<int, SamplerStep>? stepped = null, ITreatments? treatments = null)
    {
        var sampler = new DdimSampler(model.Schedule, Timesteps.Select(model.Schedule, steps), dynamicThreshold: dynamicThreshold);
        var timesteps = tensor(Enumerable.Range(0, steps).Select(sampler.Timestep).ToArray());
        using var denoiser = new Denoiser(
            model, timesteps, cat([uncondContext, context]), cat([hint, hint]), treatments ?? new RunEverything());
        return new SamplingLoop(denoiser, sampler, guidanceScale: 9).Run(noise, stepped: stepped);
    }

    private sealed class ScopedWeights(IWeightSource source, DisposeScope scope) : IWeightSource
    {
        public IEnumerable<string> Keys => source.Keys;

        public bool Contains(string key) => source.Contains(key);

        public long[] ShapeOf(string key) => source.ShapeOf(key);

        public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
        {
            var tensor = source.Load(key, shape, dtype, device);
            scope.Attach(tensor);
            return tensor;
        }
    }
}
