using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>
/// Trains one band's control branch as FCDiffusion does (section 3.4): the same loss, everything else frozen, the hint the band of the
/// source picture's latent. mini_pass gets a new permutation for each sample, as each translation does. To that loss the contours' error
/// can be added (<see cref="TrainingSettings.ContourWeight"/>).
/// </summary>
internal sealed class ControlStage : ITrainingStage
{
    /// <summary>One sample in so many has its contours compared: decoding takes longer than the rest of its step.</summary>
    private const int Sampled = 2;

    private readonly ModelConfig config;
    private readonly ControlBand band;
    private readonly TrainingData data;
    private readonly NoisyLatents latents;
    private readonly LoadedWeights frozen;
    private readonly OpenClipTextEncoder text;
    private readonly UNet unet;
    private readonly Rollouts? rollouts;
    private readonly double contourWeight;
    private readonly ContourConsistency? contours;

    public ControlStage(
        ModelConfig config, ControlBand band, TrainingData data, NoisyLatents latents, TrainingSettings settings, IWeightSource weights)
    {
        (this.config, this.band, this.data, this.latents) = (config, band, data, latents);
        frozen = new LoadedWeights(weights);
        var scope = new WeightScope(frozen, settings.ComputeType.ToScalarType(), latents.Device);
        text = new OpenClipTextEncoder(scope["cond_stage_model.model"], config.Text);
        unet = new UNet(scope["model.diffusion_model"], config.UNet);
        var drawn = (int)Math.Round(settings.ScheduledSampling * settings.BatchSize);
        if (drawn > 0) rollouts = new Rollouts(config, latents, drawn, config.SamplingOf(band).Eta);
        contourWeight = settings.ContourWeight;
        if (contourWeight > 0) contours = new ContourConsistency(config, scope);
    }

    public Func<TrainingBatch, Tensor> Bind(WeightScope weights)
    {
        var control = new FreqControlNet(weights["control_model"], config.Control);
        var type = weights.DType;
        return batch =>
        {
            var (x, context) = (latents.Noised(batch).to(type), latents.Embed(text, batch.Prompts));
            using var steering = control.Prepare(batch.Timesteps, context, batch.Hint!.to(type));
            using var conditioning = unet.Prepare(batch.Timesteps, context);
            var pairs = control.Forward(x, new StepContext(null, steering, NoisyLatents.Everything));
            var prediction = unet.Forward(
                x, new StepContext(null, conditioning, NoisyLatents.Everything), pairs, config.OnlyMidControl);
            var loss = latents.Loss(prediction, batch);
            if (batch.Estimate is null && contours is null) return loss;

            var estimate = latents.Estimate(prediction, batch);
            if (batch.Estimate is { } asked)
            {
                using var aside = no_grad();
                asked.copy_(estimate);
            }
            return contours is null ? loss : loss + (contourWeight * ContourError(contours, estimate, batch));
        };
    }

    public (string Name, Tensor Tensor)[] State => rollouts?.State ?? [];

    public TrainingBatch Draw(long[] samples, Generator random)
    {
        var batch = latents.Draw(samples, random);
        var sources = latents.Latents.index_select(0, latents.Rows(samples, sample => sample.Source));
        batch = batch with { Hint = Hint(sources, random) };
        return rollouts?.Mix(batch) ?? batch;
    }

    public void Finish(TrainingBatch batch, Generator random) => rollouts?.Advance(batch, random);

    public RgbImage Sheet(IWeightSource weights) => SampleSheet.Translate(config, band, weights, data, latents);

    public void Dispose()
    {
        contours?.Dispose();
        rollouts?.Dispose();
        latents.Dispose();
        frozen.Dispose();
    }

    /// <summary>
    /// The mean of some samples' errors times sqrt(alphaBar): an estimate moves by sigma / sqrt(alphaBar) times its prediction, and the
    /// noisiest timesteps would be all that counts.
    /// </summary>
    private Tensor ContourError(ContourConsistency contours, Tensor estimate, TrainingBatch batch)
    {
        var some = batch.Part(0, Math.Max(1, batch.Count / Sampled));
        var errors = contours.Error(estimate.narrow(0, 0, some.Count), some.Target); // [n]
        return (errors * latents.Signal(some.Timesteps)).mean();
    }

    private Tensor Hint(Tensor sources, Generator random)
    {
        if (band != ControlBand.MiniPass) return BandFilter.Apply(sources, band, seed: 0);
        var seeds = randint(int.MaxValue, [sources.shape[0]], generator: random).data<long>().ToArray();
        return cat([.. seeds.Select((seed, i) => BandFilter.Apply(sources.narrow(0, i, 1), band, seed))]);
    }
}
