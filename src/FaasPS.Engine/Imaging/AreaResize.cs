using System.Runtime.InteropServices;

namespace FaasPS.Engine.Imaging;

/// <summary>
/// Resizing with the numbers of OpenCV's INTER_AREA (4.6, 8-bit), which the reference uses. If neither axis grows, a target pixel is the
/// mean of the source area below it, edge pixels weighted by the part covered. If one axis grows, OpenCV interpolates between two
/// neighbours on both axes, in 11-bit fixed point: see AreaEnlarge. Deterministic, the same bits on every machine.
/// </summary>
public static class AreaResize
{
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public static RgbImage Resize(RgbImage image, int width, int height, ResizeFit fit = ResizeFit.Stretch)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (fit == ResizeFit.Crop) image = CropToProportions(image, width, height);

        if (image.Width == width && image.Height == height) return image;
        if (image.Width < width || image.Height < height) return AreaEnlarge.Resize(image, width, height);
        return image.Width % width == 0 && image.Height % height == 0
            ? MeanOfBlocks(image, width, height)
            : MeanOfAreas(image, width, height);
    }

    private static RgbImage CropToProportions(RgbImage image, int width, int height)
    {
        int cropWidth = (int)Math.Min(image.Width, Math.Max(1, Math.Round((double)image.Height * width / height)));
        int cropHeight = (int)Math.Min(image.Height, Math.Max(1, Math.Round((double)image.Width * height / width)));
        return image.Crop((image.Width - cropWidth) / 2, (image.Height - cropHeight) / 2, cropWidth, cropHeight);
    }

    /// <summary>Whole source pixels below each target pixel: their sum times 1/area. 2 x 2 rounds halves up, other sizes to even.</summary>
    private static RgbImage MeanOfBlocks(RgbImage image, int width, int height)
    {
        int blockWidth = image.Width / width, blockHeight = image.Height / height;
        float scale = 1f / (blockWidth * blockHeight);
        bool twoByTwo = blockWidth == 2 && blockHeight == 2;
        var pixels = new byte[width * height * 3];
        var sums = new int[width * 3];
        for (int y = 0, to = 0; y < height; y++)
        {
            Array.Clear(sums);
            for (int row = y * blockHeight; row < (y + 1) * blockHeight; row++) AddBlocks(image.Row(row), blockWidth, sums);
            foreach (int sum in sums) pixels[to++] = twoByTwo ? (byte)((sum + 2) >> 2) : (byte)MathF.Round(sum * scale);
        }
        return new(width, height, pixels);
    }

    private static void AddBlocks(ReadOnlySpan<byte> row, int blockWidth, Span<int> sums)
    {
        for (int from = 0, to = 0; to < sums.Length; to += 3)
        {
            int red = 0, green = 0, blue = 0;
            for (int end = from + (blockWidth * 3); from < end; from += 3)
            {
                red += row[from];
                green += row[from + 1];
                blue += row[from + 2];
            }
            sums[to] += red;
            sums[to + 1] += green;
            sums[to + 2] += blue;
        }
    }

    /// <summary>
    /// Parts of source pixels below each target pixel. Sums are float and in OpenCV's order, along the row and then down the rows,
    /// because the rounding of a half depends on it.
    /// </summary>
    private static RgbImage MeanOfAreas(RgbImage image, int width, int height)
    {
        var across = Shares(image.Width, width);
        var pixels = new byte[width * height * 3];
        var row = new float[width * 3];
        var sums = new float[width * 3];
        int target = 0;
        foreach (var (source, to, weight) in Shares(image.Height, height))
        {
            if (to != target)
            {
                Round(sums, pixels.AsSpan(target * sums.Length, sums.Length));
                Array.Clear(sums);
                target = to;
            }
            Shrink(image.Row(source), across, row);
            for (int i = 0; i < sums.Length; i++) sums[i] += weight * row[i];
        }
        Round(sums, pixels.AsSpan(target * sums.Length, sums.Length));
        return new(width, height, pixels);
    }

    private static void Shrink(ReadOnlySpan<byte> source, Share[] shares, Span<float> row)
    {
        float red = 0, green = 0, blue = 0;
        int to = 0;
        foreach (var share in shares)
        {
            if (share.Target != to)
            {
                (row[to * 3], row[(to * 3) + 1], row[(to * 3) + 2]) = (red, green, blue);
                (red, green, blue) = (0, 0, 0);
                to = share.Target;
            }
            var pixel = source.Slice(share.Source * 3, 3);
            red += pixel[0] * share.Weight;
            green += pixel[1] * share.Weight;
            blue += pixel[2] * share.Weight;
        }
        (row[to * 3], row[(to * 3) + 1], row[(to * 3) + 2]) = (red, green, blue);
    }

    private static void Round(ReadOnlySpan<float> sums, Span<byte> pixels)
    {
        for (int i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Min(255, MathF.Round(sums[i]));
    }

    /// <summary>How much of each source pixel goes to which target pixel, in order; the weights of one target sum to 1.</summary>
    private static Share[] Shares(int source, int target)
    {
        const double Nothing = 1e-3;   // OpenCV leaves out parts smaller than this
        double scale = 1 / ((double)target / source);
        var shares = new List<Share>(source + (2 * target));
        for (int to = 0; to < target; to++)
        {
            double start = to * scale, end = start + scale;
            double covered = Math.Min(scale, source - start);
            int last = Math.Min((int)Math.Floor(end), source - 1);
            int first = Math.Min((int)Math.Ceiling(start), last);

            if (first - start > Nothing) shares.Add(new(first - 1, to, (float)((first - start) / covered)));
            for (int whole = first; whole < last; whole++) shares.Add(new(whole, to, (float)(1 / covered)));
            if (end - last > Nothing) shares.Add(new(last, to, (float)(Math.Min(Math.Min(end - last, 1), covered) / covered)));
        }
        return [.. shares];
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Share(int Source, int Target, float Weight);
}
