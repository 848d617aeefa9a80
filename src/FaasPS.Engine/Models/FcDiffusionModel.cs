using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Models;

/// <summary>
/// An FCDiffusion model: text tower, autoencoder, U-Net and control branch. Immutable once loaded; several runs may share it.
/// </summary>
public sealed class FcDiffusionModel : IDisposable
{
    /// <summary>Keys that training leaves in a checkpoint and inference does not need.</summary>
    private static readonly string[] IgnoredKeys =
    [
        "model_ema.", "first_stage_model.loss.", "cond_stage_model.model.visual.", "cond_stage_model.model.text_projection",
        "cond_stage_model.model.logit_scale", "cond_stage_model.model.attn_mask", "cond_stage_model.model.transformer.resblocks.",
        // The schedule's buffers: computed from the configuration, which loses no precision.
        "betas", "alphas_cumprod", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod", "log_one_minus_alphas_cumprod",
        "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_", "logvar", "lvlb_weights", "scale_factor",
    ];

    private readonly LoadedWeights loaded;

    /// <summary>Puts a model together from any source of weights.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="source">Where its tensors come from; read once, not kept.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="device">cpu, cuda, cuda:N or auto.</param>
    /// <exception cref="WeightsException">A key is missing, surplus or misshapen; the message names it.</exception>
    public FcDiffusionModel(ModelConfig config, IWeightSource source, ComputeType type = ComputeType.Float32, string device = "auto")
    {
        Config = config;
        ComputeType = type;
        Device = Devices.Find(device, type);
        Schedule = new NoiseSchedule(config.LinearStart, config.LinearEnd, config.Timesteps);
        loaded = new LoadedWeights(source);
        var weights = new WeightScope(loaded, type.ToScalarType(), Device);
        UNet? unet = null;
        FreqControlNet? control = null;
        OpenClipTextEncoder? text = null;
        AutoencoderKL? autoencoder = null;
        try
        {
            // Side by side: reading is bound by the page faults of fresh memory, which each thread takes for itself.
            Parallel.Invoke(
                () => unet = new UNet(weights["model.diffusion_model"], config.UNet),
                () => control = new FreqControlNet(weights["control_model"], config.Control),
                () => text = new OpenClipTextEncoder(weights["cond_stage_model.model"], config.Text),
                () => autoencoder = new AutoencoderKL(weights["first_stage_model"], config.FirstStage));
            if (weights.Unused(IgnoredKeys) is { Count: > 0 } surplus)
            {
                throw new WeightsException(
                    $"{surplus.Count} keys of the checkpoint belong to no layer that the configuration describes: "
                    + $"{string.Join(", ", surplus.Take(5))}{(surplus.Count > 5 ? ", ..." : "")}. Does it belong to this checkpoint?");
            }
        }
        catch (Exception exception)
        {
            loaded.Dispose();
            if (exception is AggregateException { InnerExceptions: [var first, ..] }) ExceptionDispatchInfo.Throw(first);
            throw;
        }
        (UNet, Control, Text, Autoencoder) = (unet!, control!, text!, autoencoder!);
        Parameters = loaded.Count;
    }

    /// <summary>Loads a model from its files.</summary>
    /// <param name="files">Where they are.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="device">cpu, cuda, cuda:N or auto.</param>
    public static FcDiffusionModel Load(ModelFiles files, ComputeType type = ComputeType.Float32, string device = "auto")
    {
        NativeRuntime.Load();
        var config = ModelConfig.Load(files.Config);
        using var checkpoint = CheckpointFile.Open(files.Checkpoint);
        return new FcDiffusionModel(config, checkpoint, type, device);
    }

    /// <summary>The sizes it was made with.</summary>
    public ModelConfig Config { get; }

    /// <summary>What it computes in.</summary>
    public ComputeType ComputeType { get; }

    /// <summary>Image sides must be multiples of this: the autoencoder's downsampling times the U-Net's.</summary>
    public int SizeMultiple => Autoencoder.Downsampling * UNet.Downsampling;

    /// <summary>The side of the square images it was trained on.</summary>
    public int ImageSize => Config.ImageSize * Autoencoder.Downsampling;

    /// <summary>The number of its weights.</summary>
    public long Parameters { get; }

    /// <summary>The name of the device it is on.</summary>
    public string DeviceName => Device.ToString();

    internal torch.Device Device { get; }

    internal torch.ScalarType DType => ComputeType.ToScalarType();

    internal NoiseSchedule Schedule { get; }

    internal OpenClipTextEncoder Text { get; }

    internal AutoencoderKL Autoencoder { get; }

    internal UNet UNet { get; }

    internal FreqControlNet Control { get; }

    /// <summary>The units of both networks.</summary>
    internal IEnumerable<Unit> Units => Control.Units.Concat(UNet.Units).Select(unit => unit.Unit);

    /// <summary>Frees the weights.</summary>
    public void Dispose() => loaded.Dispose();

    /// <summary>Remembers what was loaded, so that the model can free it.</summary>
    private sealed class LoadedWeights(IWeightSource source) : IWeightSource, IDisposable
    {
        private readonly ConcurrentQueue<torch.Tensor> tensors = new();

        public IEnumerable<string> Keys => source.Keys;

        public long Count => tensors.Sum(tensor => tensor.numel());

        public bool Contains(string key) => source.Contains(key);

        public long[] ShapeOf(string key) => source.ShapeOf(key);

        public torch.Tensor Load(string key, ReadOnlySpan<long> shape, torch.ScalarType dtype, torch.Device device)
        {
            var tensor = source.Load(key, shape, dtype, device);
            tensors.Enqueue(tensor);
            return tensor;
        }

        public void Dispose()
        {
            foreach (var tensor in tensors) tensor.Dispose();
        }
    }
}
