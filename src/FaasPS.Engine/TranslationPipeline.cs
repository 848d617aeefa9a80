using System.Diagnostics;
using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine;

/// <summary>Translates images: source, prompt and seed in, picture out. Same model, options, seed and device give the same bits.</summary>
public sealed class TranslationPipeline
{
    private readonly FcDiffusionModel model;

    /// <param name="model">The model; several pipelines may share it.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="ModelException">The tokenizer belongs to another model.</exception>
    public TranslationPipeline(FcDiffusionModel model, ClipTokenizer tokenizer)
    {
        this.model = model;
        Prompts = new PromptEncoder(model, tokenizer);
    }

    /// <summary>What the model reads of prompts.</summary>
    public PromptEncoder Prompts { get; }

    /// <summary>Translates a batch; its pictures are computed together.</summary>
    /// <param name="inputs">The pictures to make, at least one.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told of each stage and step, on the calling thread.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="PolicyException">The policy is another model's or another band's.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public IReadOnlyList<TranslationResult> Run(
        IReadOnlyList<TranslationInput> inputs,
        TranslationOptions options,
        IProgress<TranslationProgress>? progress = null,
        CancellationToken cancellation = default) =>
        Run(inputs, options, timesteps => TreatmentSelection.Select(options, [.. model.Units], timesteps), progress, cancellation);

    /// <summary>The same with any filler of the table steps x units, made for the run's timesteps and disposed after it.</summary>
    internal IReadOnlyList<TranslationResult> Run(
        IReadOnlyList<TranslationInput> inputs,
        TranslationOptions options,
        Func<IReadOnlyList<int>, ITreatments> fill,
        IProgress<TranslationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options.Validate(model.SizeMultiple, model.UNet.InputBlocks);
        var clock = Stopwatch.StartNew();
        var memory = new ProcessMemory();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        void Report(TranslationStage stage, int step)
        {
            cancellation.ThrowIfCancellationRequested();
            memory.Look();
            progress?.Report(new TranslationProgress(stage, step, options.Steps));
        }

        var sampler = new DdimSampler(
            model.Schedule, Timesteps.Select(model.Schedule, options.Steps, options.Spacing), options.Eta, options.DynamicThreshold);
        var timesteps = Enumerable.Range(0, sampler.Steps).Select(sampler.Timestep).ToArray();
        var treatments = fill(timesteps);
        using var held = treatments as IDisposable;

        Report(TranslationStage.Encoding, 0);
        var guided = options.GuidanceScale != 1;
        var prompts = inputs.Select(input => Prompts.Tokenize(input.Prompt)).ToArray();
        var context = Prompts.Encode(guided ? [.. prompts.Select(_ => Prompts.Tokenize("")), .. prompts] : prompts); // [2N, 77, D]
        if (options.LowMemory) model.Text.Leave();
        var hint = Hint(inputs, options); // [N, 4, h, w]
        if (guided) hint = cat([hint, hint]); // the unconditional half has the same hint

        if (options.LowMemory)
        {
            model.Autoencoder.Leave();
            model.LeaveAllBranchesBut(options.Band);
        }
        var banded = model.ForBand(options.Band);
        var macs = new MacCount(banded, hint.shape[2], hint.shape[3], hint.shape[0]);
        Tensor Decode(Tensor z)
        {
            var picture = model.Autoencoder.Decode((z / model.Config.ScaleFactor).to(model.DType), options.TileSize);
            if (options.LowMemory) model.Autoencoder.Leave();
            return picture;
        }
        var floor = options.MinFidelity is { } psnr
            ? new FidelityFloor(treatments, psnr, sampler.Sigmas, TreatmentSelection.FloorCannotHold(options), z => Decode(z).to(float32))
            : null;
        var trace = new TraceRecorder(floor ?? treatments, timesteps, macs.FixedOf, macs.Residual);
        using var denoiser = new Denoiser(
            banded, tensor(timesteps, device: model.Device), context, hint, trace, options.SkipPath, options.ControlScale);
        using var noise = new SeededNoise(inputs.Select(input => input.Seed), [hint.shape[1], hint.shape[2], hint.shape[3]], model.Device);

        Report(TranslationStage.Sampling, 0);
        var start = noise.Draw();
        // All of it before the first step: it comes from the CPU, and a copy between steps would wait for the device.
        var fresh = new Queue<Tensor>(options.Eta > 0 ? Enumerable.Range(0, sampler.Steps).Select(_ => noise.Draw()) : []);
        var latents = new SamplingLoop(denoiser, sampler, options.GuidanceScale, model.Config.Parameterization == "v", floor)
            .Run(start, fresh.Dequeue, (step, _) => Report(TranslationStage.Sampling, step + 1));

        Report(TranslationStage.Decoding, options.Steps);
        // One picture after another: the decoder takes far more memory than a step, and is no faster on several at once.
        RgbImage[] pictures;
        using (model.Autoencoder.Use()) pictures = [.. latents.split(1).Select(z => ImageTensor.ToImage(Decode(z)[0]))];
        var peak = memory.Peak;
        return [.. pictures.Select((picture, i) => new TranslationResult(
            picture, inputs[i], prompts[i].Truncated, trace.Rows,
            trace.Macs / inputs.Count, macs.Full * options.Steps / inputs.Count, clock.Elapsed / inputs.Count)
        {
            EstimatedPsnr = floor?.Psnr,
            NetworkMacs = [.. Enum.GetValues<Network>().Select(network => new NetworkMacs(
                network, trace.MacsOf(network) / inputs.Count, macs.FullOf(network) * options.Steps / inputs.Count))],
            PeakMemory = peak,
        })];
    }

    /// <summary>The band of each source's latent, [N, 4, h, w], float32.</summary>
    private Tensor Hint(IReadOnlyList<TranslationInput> inputs, TranslationOptions options)
    {
        using var scope = NewDisposeScope();
        var (width, height) = (options.Width ?? model.ImageSize, options.Height ?? model.ImageSize);
        using var autoencoder = model.Autoencoder.Use();
        return cat([.. inputs.Select(input =>
        {
            var image = ImageTensor.FromImage(AreaResize.Resize(input.Image, width, height, options.Fit));
            var z0 = autoencoder.Layers.Encode(image.to(model.DType, model.Device)).to(float32) * model.Config.ScaleFactor;
            return BandFilter.Apply(z0, options.Band, input.Seed);
        })]).MoveToOuterDisposeScope();
    }
}
