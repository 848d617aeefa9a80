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
    private readonly ModelFiles? files;
    private readonly FcDiffusionModel? shared;
    private readonly Dictionary<ControlBand, FcDiffusionModel> otherBands = [];

    /// <summary>Puts a model together from any source of weights.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="source">Where its tensors come from; read once, not kept.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="device">cpu, cuda, cuda:N or auto.</param>
    /// <exception cref="WeightsException">A key is missing, surplus or misshapen; the message names it.</exception>
    public FcDiffusionModel(ModelConfig config, IWeightSource source, ComputeType type = ComputeType.Float32, string device = "auto")
        : this(config, source, type, device, files: null)
    {
    }

    private FcDiffusionModel(ModelConfig config, IWeightSource source, ComputeType type, string device, ModelFiles? files)
    {
        this.files = files;
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
            CheckAllUsed(weights);
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

    /// <summary>A model with another control branch; everything else is shared.</summary>
    private FcDiffusionModel(FcDiffusionModel shared, ControlBand band, IWeightSource source)
    {
        this.shared = shared;
        Config = shared.Config with { ControlMode = band.Name() };
        (ComputeType, Device, Schedule, Parameters) = (shared.ComputeType, shared.Device, shared.Schedule, shared.Parameters);
        (UNet, Text, Autoencoder) = (shared.UNet, shared.Text, shared.Autoencoder);
        loaded = new LoadedWeights(source);
        var weights = new WeightScope(loaded, DType, Device);
        try
        {
            Control = new FreqControlNet(weights["control_model"], Config.Control);
            CheckAllUsed(weights);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model from its files.</summary>
    /// <param name="files">Where they are.</param>
    /// <param name="type">What it computes in.</param>
    /// <param name="device">cpu, cuda, cuda:N or auto.</param>
    /// <param name="band">The control branch wanted of a model that has several; by default the configuration's, else the first.</param>
    /// <exception cref="ModelException">The model has no branch for the band.</exception>
    public static FcDiffusionModel Load(
        ModelFiles files, ComputeType type = ComputeType.Float32, string device = "auto", ControlBand? band = null)
    {
        NativeRuntime.Load();
        var config = ModelConfig.Load(files.Config);
        using var checkpoint = CheckpointFile.Open(files.Checkpoint);
        if (files.Controls.Count == 0)
        {
            if (string.Equals(Path.GetFileName(files.Checkpoint), ModelFiles.BaseName, StringComparison.OrdinalIgnoreCase))
                throw new ModelException(
                    $"The model in '{files.Folder}' has no control branch (control_<band>.safetensors): train one.");
            return new FcDiffusionModel(config, checkpoint, type, device);
        }
        var configured = ControlBands.TryParse(config.ControlMode, out var own) && files.Controls.ContainsKey(own);
        var first = band ?? (configured ? own : files.Controls.Keys.Min());
        using var control = CheckpointFile.Open(files.Control(first));
        return new FcDiffusionModel(
            config with { ControlMode = first.Name() }, new LayeredWeights(checkpoint, control), type, device, files);
    }

    /// <summary>
    /// This model with a band's control branch, which is loaded at its first use; everything else is shared. It belongs to this model and
    /// is freed with it. A model whose checkpoint holds its one branch itself is the same for every band.
    /// </summary>
    /// <exception cref="ModelException">The model has no branch for the band.</exception>
    public FcDiffusionModel ForBand(ControlBand band)
    {
        if (shared is not null) return shared.ForBand(band);
        if (files is null || string.Equals(Config.ControlMode, band.Name(), StringComparison.Ordinal)) return this;
        lock (otherBands)
        {
            if (otherBands.TryGetValue(band, out var model)) return model;
            // Weights that were loaded in inference mode, as in the middle of a run, could never take part in gradients.
            using var normal = torch.inference_mode(mode: false);
            using var control = CheckpointFile.Open(files.Control(band));
            return otherBands[band] = new FcDiffusionModel(this, band, control);
        }
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

    /// <summary>Frees the weights, those of the other bands' branches with them.</summary>
    public void Dispose()
    {
        if (shared is not null) return; // it goes with the model it belongs to
        foreach (var other in otherBands.Values) other.loaded.Dispose();
        loaded.Dispose();
    }

    private static void CheckAllUsed(WeightScope weights)
    {
        if (weights.Unused(IgnoredKeys) is { Count: > 0 } surplus)
        {
            throw new WeightsException(
                $"{surplus.Count} keys of the checkpoint belong to no layer that the configuration describes: "
                + $"{string.Join(", ", surplus.Take(5))}{(surplus.Count > 5 ? ", ..." : "")}. Does it belong to this checkpoint?");
        }
    }
}
