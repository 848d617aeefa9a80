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
        // In float32 in any case: gradients of the commonest tokens, sums over thousands of places, would be lost in a narrow type.
        var text = new OpenClipTextEncoder(weights["cond_stage_model.model"].As(float32), config.Text);
        var unet = new UNet(weights["model.diffusion_model"], config.UNet);
        var type = weights.DType;
        return batch =>
        {
            using var conditioning = unet.Prepare(batch.Timesteps, latents.Embed(text, batch.Prompts).to(type));
            var prediction = unet.Forward(
                latents.Noised(batch).to(type), new StepContext(null, conditioning, NoisyLatents.Everything));
            return latents.Loss(prediction, batch);
        };
    }

    public TrainingBatch Draw(long[] samples, Generator random) => latents.Draw(samples, random);

    public RgbImage Sheet(IWeightSource weights) => SampleSheet.Generate(config, weights, data, latents);

    public void Dispose() => latents.Dispose();
}
