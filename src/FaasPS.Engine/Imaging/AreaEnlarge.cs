using System.Runtime.InteropServices;

namespace FaasPS.Engine.Imaging;

/// <summary>
/// What OpenCV's INTER_AREA (4.6, 8-bit) is when an axis grows: bilinear, with weights that keep source pixels as flat areas joined by
/// slopes. Arithmetic as there: weights in 2^-11, two roundings down the columns.
/// </summary>
internal static class AreaEnlarge
{
    private const int One = 1 << 11;

    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        var across = Pairs(image.Width, width);
        var down = Pairs(image.Height, height);
        var pixels = new byte[width * height * 3];
        var rows = new Rows(image, across);
        for (int y = 0; y < height; y++)
        {
            var (upper, lower) = rows.At(down[y].Source);
            var (first, second) = down[y].Weights;
            var line = pixels.AsSpan(y * width * 3, width * 3);
            for (int i = 0; i < line.Length; i++)
                line[i] = (byte)((((first * (upper[i] >> 4)) >> 16) + ((second * (lower[i] >> 4)) >> 16) + 2) >> 2);
        }
        return new(width, height, pixels);
    }

    /// <summary>For each target pixel the first of its two source pixels and the weights of both.</summary>
    private static Pair[] Pairs(int source, int target)
    {
        double growth = (double)target / source, scale = 1 / growth;
        var pairs = new Pair[target];
        for (int to = 0; to < target; to++)
        {
            int from = (int)Math.Floor(to * scale);
            float part = (float)(to + 1 - ((from + 1) * growth));
            part = part <= 0 ? 0 : part - MathF.Floor(part);
            if (from >= source - 1) (from, part) = (source - 1, 0);
            pairs[to] = new(from, ((int)MathF.Round((1 - part) * One), (int)MathF.Round(part * One)));
        }
        return pairs;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Pair(int Source, (int First, int Second) Weights);

    /// <summary>Source rows scaled across, two kept: targets that share them follow one another.</summary>
    private sealed class Rows(RgbImage image, Pair[] across)
    {
        private int[] upper = new int[across.Length * 3];
        private int[] lower = new int[across.Length * 3];
        private int upperRow = -1;
        private int lowerRow = -1;

        public (int[] Upper, int[] Lower) At(int row)
        {
            int next = Math.Min(row + 1, image.Height - 1);
            if (row == lowerRow) (upper, lower, upperRow, lowerRow) = (lower, upper, lowerRow, upperRow);
            if (row != upperRow) Scale(upperRow = row, upper);
            if (next != lowerRow) Scale(lowerRow = next, lower);
            return (upper, lower);
        }

        private void Scale(int row, int[] scaled)
        {
            var source = image.Row(row);
            for (int x = 0, to = 0; x < across.Length; x++)
            {
                var (from, (first, second)) = across[x];
                from *= 3;
                int next = second == 0 ? from : from + 3;
                scaled[to++] = (source[from] * first) + (source[next] * second);
                scaled[to++] = (source[from + 1] * first) + (source[next + 1] * second);
                scaled[to++] = (source[from + 2] * first) + (source[next + 2] * second);
            }
        }
    }
}
