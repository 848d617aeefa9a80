using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Frequency;

/// <summary>Where a DCT spectrum's radius starts.</summary>
public enum RadialOrigin
{
    /// <summary>The constant coefficient, in the corner; the far corner is at 1.</summary>
    Corner,

    /// <summary>The middle of the spectrum, as FAAS has it, for parity: there a low radius selects no low frequencies.</summary>
    Centre,
}

/// <summary>Selects a band of a spectrum by radius, whatever its size (FAAS, <c>make_frequency_weight</c>).</summary>
public static class RadialMask
{
    /// <summary>1 for the coefficients of a band, else 0; [H, W], float32, on the CPU.</summary>
    /// <param name="band">Radius of mini_pass: below 0.15; low_pass: below 0.35; mid_pass: 0.35 to 0.65; high_pass: from 0.65.</param>
    /// <param name="height">The spectrum's height.</param>
    /// <param name="width">The spectrum's width.</param>
    /// <param name="origin">Where the radius starts.</param>
    public static Tensor For(ControlBand band, long height, long width, RadialOrigin origin = RadialOrigin.Corner)
    {
        var (from, below) = band switch
        {
            ControlBand.MiniPass => (0, 0.15),
            ControlBand.LowPass => (0, 0.35),
            ControlBand.MidPass => (0.35, 0.65),
            ControlBand.HighPass => (0.65, double.PositiveInfinity),
            _ => throw new ArgumentOutOfRangeException(nameof(band), band, "Not a control band."),
        };
        // Corner differs from the reference, whose origin is where a shifted FFT has its constant, but never a DCT.
        var (top, left, far) = origin == RadialOrigin.Centre
            ? (height / 2, width / 2, 0.5 * Math.Sqrt((height * height) + (width * width)))
            : (0, 0, Math.Sqrt(((height - 1) * (height - 1)) + ((width - 1) * (width - 1))));
        var mask = new float[height * width];
        for (var place = 0; place < mask.Length; place++)
        {
            var (u, v) = ((place / width) - top, (place % width) - left);
            var radius = far == 0 ? 0 : Math.Sqrt((u * u) + (v * v)) / far;
            mask[place] = radius >= from && radius < below ? 1 : 0;
        }
        return tensor(mask, [height, width]);
    }
}
