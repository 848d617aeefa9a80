using TorchSharp;

namespace FaasPS.Engine.Models;

/// <summary>An autoencoder that is in memory when it computes.</summary>
internal static class AutoencoderPart
{
    /// <summary><see cref="AutoencoderKL.Moments"/>.</summary>
    public static torch.Tensor Moments(this ModelPart<AutoencoderKL> part, torch.Tensor image) => part.With(vae => vae.Moments(image));

    /// <summary><see cref="AutoencoderKL.Encode"/>.</summary>
    public static torch.Tensor Encode(this ModelPart<AutoencoderKL> part, torch.Tensor image) => part.With(vae => vae.Encode(image));

    /// <summary><see cref="AutoencoderKL.Decode"/>, in tiles where their side is given, in pixels.</summary>
    public static torch.Tensor Decode(this ModelPart<AutoencoderKL> part, torch.Tensor latents, int? tileSize = null) => part.With(
        vae => tileSize is { } side ? TiledDecode.Decode(vae, latents, side / vae.Downsampling) : vae.Decode(latents));
}
