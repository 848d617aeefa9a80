using System.Runtime.ExceptionServices;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Models;

/// <summary>
/// An FCDiffusion model: text tower, autoencoder, U-Net and control branch. Immutable once loaded, but that parts of it can leave memory and
/// come back; several runs may share it.
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

    private readonly ModelPart<UNet> unet;
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
        this.files = files is { Controls.Count: > 0 } ? files : null;
        Config = config;
        ComputeType = type;
        Device = Devices.Find(device, type);
        Schedule = new NoiseSchedule(config.LinearStart, config.LinearEnd, config.Timesteps);
        var scope = new WeightScope(source, type.ToScalarType(), Device);
        ModelPart<UNet>? diffusion = null;
        ModelPart<FreqControlNet>? branch = null;
        ModelPart<OpenClipTextEncoder>? text = null;
        ModelPart<AutoencoderKL>? autoencoder = null;
        var file = files?.Checkpoint;
        var branchFile = this.files is { } folder ? folder.Control(ControlBands.Parse(config.ControlMode!)) : file;
        try
        {
            // Side by side: each thread reads, converts and takes the page faults of its own part.
            SideBySide(
                () => diffusion = new(source, scope, file: null, w => new UNet(w["model.diffusion_model"], config.UNet)),
                () => branch = new(source, scope, branchFile, w => new FreqControlNet(w["control_model"], config.Control)),
                () => text = new(source, scope, file, w => new OpenClipTextEncoder(w["cond_stage_model.model"], config.Text)),
                () => autoencoder = new(source, scope, file, w => new AutoencoderKL(w["first_stage_model"], config.FirstStage)));
            CheckAllUsed(scope);
        }
        catch
        {
            foreach (var part in new IDisposable?[] { diffusion, branch, text, autoencoder }) part?.Dispose();
            throw;
        }
        (this.unet, Branch, Text, Autoencoder) = (diffusion!, branch!, text!, autoencoder!);
        Parameters = unet.Parameters + Branch.Parameters + Text.Parameters + Autoencoder.Parameters;
    }

    /// <summary>A model with another control branch; everything else is shared.</summary>
    private FcDiffusionModel(FcDiffusionModel shared, ControlBand band, CheckpointFile source)
    {
        this.shared = shared;
        Config = shared.Config with { ControlMode = band.Name() };
        (ComputeType, Device, Schedule, Parameters) = (shared.ComputeType, shared.Device, shared.Schedule, shared.Parameters);
        (unet, Text, Autoencoder) = (shared.unet, shared.Text, shared.Autoencoder);
        var scope = new WeightScope(source, DType, Device);
        Branch = new(source, scope, source.Path, w => new FreqControlNet(w["control_model"], Config.Control));
        try
        {
            CheckAllUsed(scope);
        }
        catch
        {
            Branch.Dispose();
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
        using var checkpoint = CheckpointFile.Open(files.Checkpoint, map: true);
        if (files.Controls.Count == 0)
        {
            if (string.Equals(Path.GetFileName(files.Checkpoint), ModelFiles.BaseName, StringComparison.OrdinalIgnoreCase))
                throw new ModelException(
                    $"The model in '{files.Folder}' has no control branch (control_<band>.safetensors): train one.");
            return new FcDiffusionModel(config, checkpoint, type, device, files);
        }
        var configured = ControlBands.TryParse(config.ControlMode, out var own) && files.Controls.ContainsKey(own);
        var first = band ?? (configured ? own : files.Controls.Keys.Min());
        using var control = CheckpointFile.Open(files.Control(first), map: true);
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
            using var control = CheckpointFile.Open(files.Control(band), map: true);
            return otherBands[band] = new FcDiffusionModel(this, band, control);
        }
    }

    /// <summary>Frees the other bands' branches; one that a run still uses is freed when it ends, and each comes back when it is used.</summary>
    internal void LeaveAllBranchesBut(ControlBand band)
    {
        var owner = shared ?? this;
        if (owner.files is null) return;
        lock (owner.otherBands)
        {
            foreach (var model in owner.otherBands.Values.Prepend(owner))
                if (model.Config.ControlMode != band.Name()) model.Branch.Leave();
        }
    }

    /// <summary>The sizes it was made with.</summary>
    public ModelConfig Config { get; }

    /// <summary>What it computes in.</summary>
    public ComputeType ComputeType { get; }

    /// <summary>Image sides must be multiples of this: the autoencoder's downsampling times the U-Net's.</summary>
    public int SizeMultiple => Autoencoder.Layers.Downsampling * UNet.Downsampling;

    /// <summary>The side of the square images it was trained on.</summary>
    public int ImageSize => Config.ImageSize * Autoencoder.Layers.Downsampling;

    /// <summary>The number of its weights.</summary>
    public long Parameters { get; }

    /// <summary>The name of the device it is on.</summary>
    public string DeviceName => Device.ToString();

    internal torch.Device Device { get; }

    internal torch.ScalarType DType => ComputeType.ToScalarType();

    internal NoiseSchedule Schedule { get; }

    internal ModelPart<OpenClipTextEncoder> Text { get; }

    internal ModelPart<AutoencoderKL> Autoencoder { get; }

    internal ModelPart<FreqControlNet> Branch { get; }

    internal UNet UNet => unet.Layers;

    /// <summary>The branch's layers, which compute only while <see cref="Branch"/> is used.</summary>
    internal FreqControlNet Control => Branch.Layers;

    /// <summary>The names of what can be skipped, in both networks; one that both have is told once.</summary>
    public IEnumerable<string> Layers => Units.Select(unit => unit.Layer).Distinct(StringComparer.Ordinal);

    /// <summary>The units of both networks.</summary>
    internal IEnumerable<Unit> Units => Control.Units.Concat(UNet.Units).Select(unit => unit.Unit);

    /// <summary>Frees the weights, those of the other bands' branches with them.</summary>
    public void Dispose()
    {
        if (shared is not null) return; // it goes with the model it belongs to
        foreach (var other in otherBands.Values) other.Branch.Dispose();
        foreach (var part in new IDisposable[] { unet, Branch, Text, Autoencoder }) part.Dispose();
    }

    /// <summary>
    /// Runs each on a thread that ends with it. A thread of the pool would stay, and OpenMP's threads that serve it: OpenMP then counts more
    /// threads than cores, and lets its own sleep at every barrier instead of spinning, which doubles a small model's step.
    /// </summary>
    /// <exception cref="Exception">The first that one threw, once all are done.</exception>
    private static void SideBySide(params Action[] actions)
    {
        var failures = new Exception?[actions.Length];
        var threads = actions.Select((action, i) => new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failures[i] = exception;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (Array.Find(failures, failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);
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
