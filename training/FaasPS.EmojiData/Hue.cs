namespace FaasPS.EmojiData;

/// <summary>
/// Hue as the angle of (I, Q) in YIQ (NTSC 1953), where turning it leaves luma Y as it is: a tint changes colours and keeps contours.
/// </summary>
public static class Hue
{
    private const int Bins = 72;

    /// <summary>The angle of a colour, radians.</summary>
    public static double Of(double r, double g, double b)
    {
        var (i, q) = Chroma(r, g, b);
        return Math.Atan2(q, i);
    }

    /// <summary>The distance of two angles, 0 to pi.</summary>
    public static double Distance(double a, double b) => Math.Abs(Math.IEEERemainder(a - b, 2 * Math.PI));

    /// <summary>The mean length of the chroma vector.</summary>
    public static double MeanChroma(IEnumerable<(double R, double G, double B, double Weight)> colours)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var (r, g, b, weight) in colours)
        {
            var (i, q) = Chroma(r, g, b);
            sum += weight * Math.Sqrt((i * i) + (q * q));
            weights += weight;
        }
        return weights == 0 ? 0 : sum / weights;
    }

    /// <summary>The peak of the histogram of hues, each colour weighing as much as its chroma, in bins of 5 degrees smoothed over 45.</summary>
    public static double Dominant(IEnumerable<(double R, double G, double B, double Weight)> colours)
    {
        var histogram = new double[Bins];
        foreach (var (r, g, b, weight) in colours)
        {
            var (i, q) = Chroma(r, g, b);
            var bin = (int)Math.Floor((Math.Atan2(q, i) + Math.PI) / (2 * Math.PI) * Bins);
            histogram[Math.Clamp(bin, 0, Bins - 1)] += weight * Math.Sqrt((i * i) + (q * q));
        }
        var best = Enumerable.Range(0, Bins).MaxBy(bin => Enumerable.Range(-4, 9)
            .Sum(offset => (5 - Math.Abs(offset)) * histogram[(bin + offset + Bins) % Bins]));
        return ((best + 0.5) / Bins * 2 * Math.PI) - Math.PI;
    }

    /// <summary>Turns colours by an angle.</summary>
    public static Func<float, float, float, (float R, float G, float B)> Rotation(double angle)
    {
        var (cos, sin) = (Math.Cos(angle), Math.Sin(angle));
        return (r, g, b) =>
        {
            var luma = (0.299 * r) + (0.587 * g) + (0.114 * b);
            var (i, q) = Chroma(r, g, b);
            (i, q) = ((cos * i) - (sin * q), (sin * i) + (cos * q));
            return ((float)(luma + (0.956 * i) + (0.619 * q)),
                (float)(luma - (0.272 * i) - (0.647 * q)),
                (float)(luma - (1.106 * i) + (1.703 * q)));
        };
    }

    private static (double I, double Q) Chroma(double r, double g, double b) =>
        ((0.5959 * r) - (0.2746 * g) - (0.3213 * b), (0.2115 * r) - (0.5227 * g) + (0.3112 * b));
}
