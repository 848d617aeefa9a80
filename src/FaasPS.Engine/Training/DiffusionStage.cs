using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>Trains text tower and U-Net together to predict the noise in latents (Ho et al. 2020, equation 14), captions given.</summary>
internal sealed class DiffusionStage(ModelConfig config, TrainingData data, NoisyLatents latents) : ITrainingStage
{
    public Func<TrainingBatch, Tensor> Bind(WeightScope weights)
    {
        var text = new OpenClipTextEncoder(weights["cond_stage_model.model"], config.Text);
        var unet = new UNet(weights["model.diffusion_model"], config.UNet);
        return batch =>
        {
            using var conditioning = unet.Prepare(batch.Timesteps, latents.Embed(text, batch.Prompts));
            return latents.Loss(
                unet.Forward(latents.Noised(batch), new StepContext(null, conditioning, NoisyLatents.Everything)), batch);
        };
    }

    public TrainingBatch Draw(long[] samples, Generator random) => latents.Draw(samples, random);

    public RgbImage Sheet(IWeightSource weights) => SampleSheet.Generate(config, weights, data, latents);

    public void Dispose() => latents.Dispose();
}
