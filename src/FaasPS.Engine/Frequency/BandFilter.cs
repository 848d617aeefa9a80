using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Frequency;

/// <summary>The limits of a band on the index sum u + v of a DCT coefficient, both included.</summary>
/// <param name="Low">The smallest sum kept.</param>
/// <param name="High">The largest sum kept.</param>
public readonly record struct BandLimits(long Low, long High)
{
    /// <summary>FCDiffusion's thresholds for 64x64 latents, where sums go from 0 to 126.</summary>
    private const double ReferenceRange = 126;

    /// <summary>A band's limits for latents of a size: the reference's, in proportion to H + W - 2 and rounded.</summary>
    public static BandLimits For(ControlBand band, long height, long width)
    {
        var range = height + width - 2;
        long Scaled(int threshold) => (long)Math.Round(threshold * range / ReferenceRange, MidpointRounding.AwayFromZero);
        return band switch
        {
            ControlBand.MiniPass => new(0, Scaled(10)),
            ControlBand.LowPass => new(0, Scaled(30)),
            ControlBand.MidPass => new(Scaled(20), Scaled(40)),
            ControlBand.HighPass => new(Scaled(50), range),
            _ => throw new ArgumentOutOfRangeException(nameof(band), band, "Not a control band."),
        };
    }
}

/// <summary>Takes one frequency band of a latent: the hint that steers a translation (FCDiffusion, section 3.2).</summary>
public static class BandFilter
{
    /// <summary>The control signal of a latent.</summary>
    /// <param name="latents">z0, [N, C, H, W].</param>
    /// <param name="band">The band to keep.</param>
    /// <param name="seed">Seeds mini_pass's permutation, which is the same for all samples and channels; other bands ignore it.</param>
    /// <returns>[N, C, H, W], deterministic for a seed.</returns>
    public static Tensor Apply(Tensor latents, ControlBand band, long seed)
    {
        var limits = BandLimits.For(band, latents.shape[2], latents.shape[3]);
        // Differs from the reference: its permutation is drawn from the global generator, so that no run can be repeated.
        return Apply(latents, limits, band == ControlBand.MiniPass ? DrawPermutations(limits.High, seed) : null);
    }

    /// <summary>The control signal for given limits and permutations.</summary>
    /// <param name="latents">z0, [N, C, H, W].</param>
    /// <param name="limits">The sums u + v to keep.</param>
    /// <param name="permutations">
    /// For each anti-diagonal n, p_n of 0..n: the coefficient at (i, n-i) becomes the one at (n - p_n[i], p_n[i]). None: no shuffle.
    /// </param>
    public static Tensor Apply(Tensor latents, BandLimits limits, IReadOnlyList<long[]>? permutations = null)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (latents.shape[2], latents.shape[3]);
        var spectrum = Dct.Forward(latents) * Mask(limits, height, width).to(latents.dtype, latents.device);
        if (permutations is not null)
            spectrum = spectrum.flatten(2).index_select(2, Sources(permutations, height, width).to(latents.device)).view(latents.shape);
        return Dct.Inverse(spectrum).MoveToOuterDisposeScope();
    }

    /// <summary>1 where limits.Low &lt;= u + v &lt;= limits.High, [H, W].</summary>
    public static Tensor Mask(BandLimits limits, long height, long width)
    {
        using var scope = NewDisposeScope();
        var sums = arange(height).unsqueeze(1) + arange(width); // [H, W]
        return (sums.ge(limits.Low) & sums.le(limits.High)).to(float32).MoveToOuterDisposeScope();
    }

    private static long[][] DrawPermutations(long last, long seed)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        return [.. Enumerable.Range(0, (int)last + 1).Select(n => randperm(n + 1, int64, generator: generator).data<long>().ToArray())];
    }

    /// <summary>For each place of the flattened spectrum the place its coefficient comes from, [H W].</summary>
    private static Tensor Sources(IReadOnlyList<long[]> permutations, long height, long width)
    {
        var sources = new long[height * width];
        for (var place = 0L; place < sources.Length; place++) sources[place] = place;
        for (var n = 0; n < permutations.Count; n++)
        {
            for (var i = 0; i <= n; i++)
            {
                var (u, v) = (n - permutations[n][i], permutations[n][i]);
                // On oblong latents a corner diagonal leaves the spectrum; its coefficients stay where they are.
                if (n < Math.Min(height, width)) sources[(i * width) + n - i] = (u * width) + v;
            }
        }
        return tensor(sources);
    }
}
