using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Calibration;

/// <summary>A pair of picture and prompt as the networks see it.</summary>
/// <param name="Latents">z0, [1, 4, h, w], float32.</param>
/// <param name="Context">The prompt's embedding, [1, 77, D].</param>
/// <param name="Hint">The control signal of a band, [1, 4, h, w].</param>
/// <param name="Noise">Standard normal, [1, 4, h, w], float32.</param>
internal sealed record ScoringSample(Tensor Latents, Tensor Context, Func<ControlBand, Tensor> Hint, Tensor Noise)
{
    /// <summary>Encodes a pair; its tensors stay in the caller's dispose scope.</summary>
    public static ScoringSample From(FcDiffusionModel model, PromptEncoder prompts, TranslationInput input)
    {
        var image = ImageTensor.FromImage(AreaResize.Resize(input.Image, model.ImageSize, model.ImageSize, ResizeFit.Stretch));
        var latents = model.Autoencoder.Encode(image.to(model.DType, model.Device)).to(float32) * model.Config.ScaleFactor;
        using var noise = new SeededNoise([input.Seed], latents.shape[1..], model.Device);
        return new ScoringSample(
            latents, prompts.Encode([prompts.Tokenize(input.Prompt)]), band => BandFilter.Apply(latents, band, input.Seed), noise.Draw());
    }

    /// <summary>x at each timestep, [T, 4, h, w]: the latent itself, or sqrt(alphaBar_t) z0 + sqrt(1 - alphaBar_t) noise.</summary>
    public Tensor At(IReadOnlyList<int> timesteps, NoiseSchedule schedule, bool noised) => cat([.. timesteps.Select(t => noised
        ? (Latents * Math.Sqrt(schedule.AlphaBar(t))) + (Noise * Math.Sqrt(1 - schedule.AlphaBar(t)))
        : Latents)]);
}
