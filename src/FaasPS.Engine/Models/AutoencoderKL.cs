using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Models;

/// <summary>Stable Diffusion's autoencoder: images to latents and back (Rombach et al. 2022; ldm, <c>AutoencoderKL</c>).</summary>
internal sealed class AutoencoderKL(WeightScope w, AutoencoderConfig config)
{
    private readonly VaeEncoder encoder = new(w["encoder"], config);
    private readonly Conv2d quantConv = new(w["quant_conv"], 2 * config.ZChannels, 2 * config.EmbedDim, 1);
    private readonly Conv2d postQuantConv = new(w["post_quant_conv"], config.EmbedDim, config.ZChannels, 1);
    private readonly VaeDecoder decoder = new(w["decoder"], config);

    /// <summary>Image pixels along one side of a latent pixel.</summary>
    public int Downsampling { get; } = 1 << (config.ChannelMult.Length - 1);

    /// <summary>The posterior's mean and log variance, [N, 3, 8h, 8w] in [-1, 1] -> [N, 2 * 4, h, w].</summary>
    public Tensor Moments(Tensor image)
    {
        using var scope = NewDisposeScope();
        return quantConv.Forward(encoder.Forward(image)).MoveToOuterDisposeScope();
    }

    /// <summary>The posterior's mode, [N, 3, 8h, 8w] -> [N, 4, h, w], unscaled.</summary>
    // Differs from the reference: it samples the posterior with unseeded noise, and no run can be repeated.
    public Tensor Encode(Tensor image)
    {
        using var scope = NewDisposeScope();
        return Moments(image).chunk(2, 1)[0].contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Unscaled latents to an image, [N, 4, h, w] -> [N, 3, 8h, 8w], about [-1, 1].</summary>
    public Tensor Decode(Tensor latents)
    {
        using var scope = NewDisposeScope();
        return decoder.Forward(postQuantConv.Forward(latents)).MoveToOuterDisposeScope();
    }
}
