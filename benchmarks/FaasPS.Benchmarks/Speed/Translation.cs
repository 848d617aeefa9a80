using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Speed;

/// <summary>
/// A whole translation from tensors: text tower, encoding, guided steps, decoding. The whole latent is the hint, and neither files nor
/// words take part, so that plain PyTorch can do the same.
/// </summary>
internal sealed class Translation(FcDiffusionModel model)
{
    public const double GuidanceScale = 9;

    /// <summary>Translates a batch.</summary>
    /// <param name="tokens">The empty prompt's and the prompt's, int64 [2, 77]; all pictures have the same.</param>
    /// <param name="images">In [-1, 1], float32 [N, 3, 8h, 8w].</param>
    /// <param name="noise">x_T, float32 [N, 4, h, w].</param>
    /// <param name="steps">S.</param>
    /// <returns>[N, 3, 8h, 8w].</returns>
    public Tensor Run(Tensor tokens, Tensor images, Tensor noise, int steps)
    {
        using var scope = NewDisposeScope();
        var context = model.Text.With(text => text.Forward(tokens)).repeat_interleave(images.shape[0], 0); // [2N, 77, D]
        var z0 = model.Autoencoder.Encode(images.to(model.DType)).to(float32) * model.Config.ScaleFactor;
        var sampler = new DdimSampler(model.Schedule, Timesteps.Select(model.Schedule, steps));
        var timesteps = tensor(Enumerable.Range(0, steps).Select(sampler.Timestep).ToArray());
        using var denoiser = new Denoiser(model, timesteps, context, cat([z0, z0]), new RunEverything());
        var latents = new SamplingLoop(denoiser, sampler, GuidanceScale).Run(noise);
        return model.Autoencoder.Decode((latents / model.Config.ScaleFactor).to(model.DType)).MoveToOuterDisposeScope();
    }
}
