using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;

namespace FaasPS.EmojiData;

/// <summary>What is measured in a picture of a known scene.</summary>
public static class PictureMeasures
{
    private const byte Inside = 128;
    private const int HistogramShift = 6; // 4 levels a channel

    /// <summary>The distance of the border's mean colour from a background's, Euclidean, of 255.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="coverage">How much of each pixel the object covers; border pixels that it touches do not count.</param>
    /// <param name="asked">The background.</param>
    public static double BackgroundError(RgbImage picture, byte[] coverage, Background asked)
    {
        var (sum, count) = (new double[3], 0);
        for (var pixel = 0; pixel < coverage.Length; pixel++)
        {
            var (x, y) = (pixel % Scene.Side, pixel / Scene.Side);
            if (Math.Min(Math.Min(x, Scene.Side - 1 - x), Math.Min(y, Scene.Side - 1 - y)) > 1 || coverage[pixel] > 0) continue;
            for (var c = 0; c < 3; c++) sum[c] += picture.Pixels[(pixel * 3) + c];
            count++;
        }
        return Math.Sqrt(Square((sum[0] / count) - asked.R) + Square((sum[1] / count) - asked.G) + Square((sum[2] / count) - asked.B));
    }

    /// <summary>The object's dominant hue, radians.</summary>
    public static double ObjectHue(RgbImage picture, byte[] coverage)
    {
        var colours = new List<(double, double, double, double)>();
        for (var pixel = 0; pixel < coverage.Length; pixel++)
        {
            if (coverage[pixel] < Inside) continue;
            var rgb = picture.Pixels.Slice(pixel * 3, 3);
            colours.Add((rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0, 1));
        }
        return Hue.Dominant(colours);
    }

    /// <summary>Pearson's correlation of two pictures' edge maps.</summary>
    public static double EdgeCorrelation(RgbImage a, RgbImage b)
    {
        var (x, y) = (Edges(a), Edges(b));
        var (meanX, meanY) = (x.Average(), y.Average());
        var covariance = x.Zip(y, (p, q) => (p - meanX) * (q - meanY)).Sum();
        var spread = Math.Sqrt(x.Sum(p => Square(p - meanX)) * y.Sum(q => Square(q - meanY)));
        return spread == 0 ? 0 : covariance / spread;
    }

    /// <summary>How much of two pictures' colour histograms is common, 0 to 1.</summary>
    public static double HistogramIntersection(RgbImage a, RgbImage b)
    {
        var (x, y) = (Histogram(a), Histogram(b));
        return x.Zip(y, Math.Min).Sum() / (double)(a.Width * a.Height);
    }

    /// <summary>SSIM over the box that the object lies in.</summary>
    public static double ObjectSimilarity(RgbImage a, RgbImage b, byte[] coverage)
    {
        var inside = Enumerable.Range(0, coverage.Length).Where(pixel => coverage[pixel] >= Inside).ToArray();
        var (left, right) = (inside.Min(pixel => pixel % Scene.Side), inside.Max(pixel => pixel % Scene.Side));
        var (top, bottom) = (inside.Min(pixel => pixel / Scene.Side), inside.Max(pixel => pixel / Scene.Side));
        RgbImage Crop(RgbImage picture)
        {
            var (width, height) = (right - left + 1, bottom - top + 1);
            var pixels = new byte[width * height * 3];
            for (var y = 0; y < height; y++)
                picture.Pixels.Slice((((top + y) * Scene.Side) + left) * 3, width * 3).CopyTo(pixels.AsSpan(y * width * 3));
            return new RgbImage(width, height, pixels);
        }
        return FidelityMeasure.Compare(Crop(a), Crop(b)).Ssim;
    }

    /// <summary>Peak signal-to-noise ratio, dB.</summary>
    public static double Psnr(RgbImage a, RgbImage b) => FidelityMeasure.Compare(a, b).Psnr;

    /// <summary>The length of Sobel's gradient, all three channels together, without the outermost pixels.</summary>
    private static double[] Edges(RgbImage picture)
    {
        var edges = new double[(Scene.Side - 2) * (Scene.Side - 2)];
        var to = 0;
        for (var y = 1; y < Scene.Side - 1; y++)
        {
            for (var x = 1; x < Scene.Side - 1; x++)
            {
                var sum = 0.0;
                for (var c = 0; c < 3; c++)
                {
                    double At(int dx, int dy) => picture.Pixels[((((y + dy) * Scene.Side) + x + dx) * 3) + c];
                    var horizontal = At(1, -1) + (2 * At(1, 0)) + At(1, 1) - At(-1, -1) - (2 * At(-1, 0)) - At(-1, 1);
                    var vertical = At(-1, 1) + (2 * At(0, 1)) + At(1, 1) - At(-1, -1) - (2 * At(0, -1)) - At(1, -1);
                    sum += Square(horizontal) + Square(vertical);
                }
                edges[to++] = Math.Sqrt(sum);
            }
        }
        return edges;
    }

    private static int[] Histogram(RgbImage picture)
    {
        var counts = new int[64];
        for (var i = 0; i < picture.Pixels.Length; i += 3)
        {
            counts[((picture.Pixels[i] >> HistogramShift) * 16) + ((picture.Pixels[i + 1] >> HistogramShift) * 4)
                + (picture.Pixels[i + 2] >> HistogramShift)]++;
        }
        return counts;
    }

    private static double Square(double x) => x * x;
}
