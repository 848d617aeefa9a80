using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Models;

/// <summary>
/// Decodes latents in overlapping tiles, so that the decoder's memory is bounded by a tile's. Neighbours overlap by a quarter of a tile
/// or more; of an overlap the outer quarters are margin, decoded only for the convolutions' sake, and in between the one tile fades
/// linearly into the other. The result is not quite the whole decode's: group norms take a tile's statistics for the picture's, and the
/// attention in the middle sees a tile only.
/// </summary>
internal static class TiledDecode
{
    /// <summary>Unscaled latents to an image, [N, 4, h, w] -> [N, 3, 8h, 8w], float32 unless one tile is enough.</summary>
    /// <param name="vae">The autoencoder.</param>
    /// <param name="latents">The latents.</param>
    /// <param name="side">A tile's side in latent pixels, at least 4.</param>
    public static Tensor Decode(AutoencoderKL vae, Tensor latents, int side)
    {
        var (n, height, width) = (latents.shape[0], (int)latents.shape[2], (int)latents.shape[3]);
        var scale = vae.Downsampling;
        if (height <= side && width <= side) return vae.Decode(latents);
        using var scope = NewDisposeScope();
        var image = zeros([n, 3, height * scale, width * scale], float32, latents.device);
        foreach (var (top, rowWeights) in Along(height, side, scale))
        {
            foreach (var (left, columnWeights) in Along(width, side, scale))
            {
                using var inner = NewDisposeScope();
                var weights = tensor(rowWeights, [rowWeights.Length, 1]) * tensor(columnWeights); // [tile, tile], in pixels
                var tile = vae.Decode(latents
                    .narrow(2, top, rowWeights.Length / scale).narrow(3, left, columnWeights.Length / scale).contiguous());
                image.narrow(2, top * scale, rowWeights.Length).narrow(3, left * scale, columnWeights.Length)
                    .add_(tile.to(float32).mul_(weights.to(latents.device)));
            }
        }
        return image.MoveToOuterDisposeScope();
    }

    /// <summary>The tiles along a side: where each begins in the latents, and its pixels' weights, which add up to 1 over the tiles.</summary>
    internal static IEnumerable<(int Start, float[] Weights)> Along(int length, int side, int scale)
    {
        side = Math.Min(side, length);
        var stride = side - (side / 4);
        var count = ((length - side + stride - 1) / stride) + 1;
        int Start(int i) => count == 1 ? 0 : (int)((long)i * (length - side) / (count - 1)); // spread evenly

        // How far the picture has gone over from tile i - 1 to tile i at a pixel: 0 to 1 over the middle half of their overlap.
        double Risen(int i, double pixel)
        {
            if (i == 0) return 1;
            if (i == count) return 0;
            var (from, to) = (Start(i) * scale, (Start(i - 1) + side) * scale);
            var quarter = (to - from) / 4.0;
            return Math.Clamp((pixel - from - quarter) / (2 * quarter), 0, 1);
        }

        for (var i = 0; i < count; i++)
        {
            var first = Start(i) * scale;
            yield return (Start(i), [.. Enumerable.Range(first, side * scale).Select(x => (float)(Risen(i, x + 0.5) - Risen(i + 1, x + 0.5)))]);
        }
    }
}
