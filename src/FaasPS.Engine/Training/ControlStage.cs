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
/// source picture's latent. mini_pass gets a new permutation for each sample, as each translation does.
/// </summary>
internal sealed class ControlStage : ITrainingStage
{
    private readonly ModelConfig config;
    private readonly ControlBand band;
    private readonly TrainingData data;
    private readonly NoisyLatents latents;
    private readonly LoadedWeights frozen;
    private readonly OpenClipTextEncoder text;
    private readonly UNet unet;

    public ControlStage(
        ModelConfig config, ControlBand band, TrainingData data, NoisyLatents latents, TrainingSettings settings, IWeightSource weights)
    {
        (this.config, this.band, this.data, this.latents) = (config, band, data, latents);
        frozen = new LoadedWeights(weights);
        var scope = new WeightScope(frozen, settings.ComputeType.ToScalarType(), latents.Device);
        text = new OpenClipTextEncoder(scope["cond_stage_model.model"], config.Text);
        unet = new UNet(scope["model.diffusion_model"], config.UNet);
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
            return latents.Loss(prediction, batch);
        };
    }

    public TrainingBatch Draw(long[] samples, Generator random)
    {
        var batch = latents.Draw(samples, random);
        var sources = latents.Latents.index_select(0, latents.Rows(samples, sample => sample.Source));
        if (band != ControlBand.MiniPass) return batch with { Hint = BandFilter.Apply(sources, band, seed: 0) };
        var seeds = randint(int.MaxValue, [samples.Length], generator: random).data<long>().ToArray();
        return batch with { Hint = cat([.. seeds.Select((seed, i) => BandFilter.Apply(sources.narrow(0, i, 1), band, seed))]) };
    }

    public RgbImage Sheet(IWeightSource weights) => SampleSheet.Translate(config, band, weights, data, latents);

    public void Dispose()
    {
        latents.Dispose();
        frozen.Dispose();
    }
}
