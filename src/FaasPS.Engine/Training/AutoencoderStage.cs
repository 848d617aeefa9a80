using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>
/// Trains the autoencoder: mean absolute error, the same of the error's horizontal and vertical differences (which keeps edges sharp), and
/// a small Kullback-Leibler term that holds the posterior near the standard normal (Rombach et al. 2022, section 3.1, without their
/// discriminator).
/// </summary>
internal sealed class AutoencoderStage(ModelConfig config, TrainingData data, TrainingSettings settings, Device device) : ITrainingStage
{
    private const int Shown = 8;
    private const int Measured = 256;
    private const int Together = 32;

    public Func<TrainingBatch, Tensor> Bind(WeightScope weights)
    {
        var autoencoder = new AutoencoderKL(weights["first_stage_model"], config.FirstStage);
        return batch => Loss(autoencoder, batch, weights.DType);
    }

    public TrainingBatch Draw(long[] samples, Generator random)
    {
        var rows = tensor(samples.Select(sample => (long)data.Samples[(int)sample].Picture).ToArray());
        var side = data.Pictures.shape[1] / config.FirstStage.Downsampling;
        var noise = randn([samples.Length, config.FirstStage.EmbedDim, side, side], generator: random).to(device);
        return new TrainingBatch(data.Floats(rows, device), noise, zeros([samples.Length], int64, device), []);
    }

    public RgbImage Sheet(IWeightSource weights)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var loaded = new LoadedWeights(weights);
        var autoencoder = new AutoencoderKL(new WeightScope(loaded, float32, device)["first_stage_model"], config.FirstStage);
        var pictures = data.Floats(SampleSheet.Choose(data.Samples.Count, Shown, i => data.Samples[i].Picture), device);
        var decoded = autoencoder.Decode(autoencoder.Encode(pictures));
        return SampleSheet.Compose(("picture", pictures), ("decoded", decoded));
    }

    /// <summary>
    /// The scale that gives the latents unit variance, which the noise schedule is made for (Rombach et al. 2022, appendix G).
    /// </summary>
    public ModelConfig? Measure(IWeightSource weights)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var loaded = new LoadedWeights(weights);
        var autoencoder = new AutoencoderKL(new WeightScope(loaded, float32, device)["first_stage_model"], config.FirstStage);
        var rows = SampleSheet.Choose(data.Samples.Count, Measured, i => data.Samples[i].Picture);
        var latents = rows.split(Together).Select(some => autoencoder.Encode(data.Floats(some, device))).ToArray();
        return config with { ScaleFactor = Math.Round(1 / cat(latents).std().item<float>(), 5) };
    }

    public void Dispose()
    {
    }

    private Tensor Loss(AutoencoderKL autoencoder, TrainingBatch batch, ScalarType type)
    {
        var moments = autoencoder.Moments(batch.Target.to(type)).to(float32).chunk(2, 1); // mean and log variance, [N, 4, h, w]
        var logVariance = moments[1].clamp(-30, 20);
        var z = moments[0].addcmul((0.5 * logVariance).exp(), batch.Noise, 1);
        var error = autoencoder.Decode(z.to(type)).to(float32) - batch.Target; // [N, 3, H, W]
        var loss = error.abs().mean();
        if (settings.GradientWeight > 0)
            loss = loss + (settings.GradientWeight * (Difference(error, 2).abs().mean() + Difference(error, 3).abs().mean()));
        // Summed over a picture's latents, as in ldm; there the reconstruction is a sum as well.
        var divergence = 0.5 * (moments[0].square() + logVariance.exp() - 1 - logVariance).sum() / batch.Count;
        return loss + (settings.KlWeight * divergence);
    }

    private static Tensor Difference(Tensor x, long axis)
    {
        var last = x.shape[axis] - 1;
        return x.narrow(axis, 1, last) - x.narrow(axis, 0, last);
    }
}
