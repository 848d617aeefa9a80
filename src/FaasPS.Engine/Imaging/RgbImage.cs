namespace FaasPS.Engine.Imaging;

/// <summary>A picture as 8-bit RGB, rows from the top, three bytes a pixel. It does not change once made.</summary>
public sealed class RgbImage
{
    private readonly byte[] pixels;

    /// <param name="width">Pixels across, 1 or more.</param>
    /// <param name="height">Pixels down, 1 or more.</param>
    /// <param name="pixels">Height * width * 3 bytes, [H, W, 3]. The image keeps the array: do not write to it afterwards.</param>
    /// <exception cref="ArgumentException">A side is below 1, or the number of bytes is not height * width * 3.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)width * height * 3)
            throw new ArgumentException(FormattableString.Invariant(
                $"A {width} x {height} image takes {(long)width * height * 3} bytes, not {pixels.LongLength}."), nameof(pixels));
        (Width, Height, this.pixels) = (width, height, pixels);
    }

    public int Width { get; }
    public int Height { get; }

    /// <summary>[H, W, 3].</summary>
    public ReadOnlySpan<byte> Pixels => pixels;

    /// <summary>Row y, [W, 3].</summary>
    public ReadOnlySpan<byte> Row(int y) => pixels.AsSpan(y * Width * 3, Width * 3);

    /// <summary>The picture as a model takes it: [3, H, W], each value v/127.5 - 1, in [-1, 1].</summary>
    /// <exception cref="ArgumentException">The destination does not hold 3 * height * width values.</exception>
    public void CopyTo(Span<float> planes)
    {
        int area = Width * Height;
        CheckPlanes(planes, area);
        for (int channel = 0; channel < 3; channel++)
        {
            var plane = planes.Slice(channel * area, area);
            for (int i = 0, from = channel; i < plane.Length; i++, from += 3) plane[i] = (pixels[from] / 127.5f) - 1;
        }
    }

    /// <summary>
    /// A model's output [3, H, W] as a picture: (x+1)/2 clamped to [0, 1], times 255, cut to whole numbers as FAAS does
    /// (dynamic_inference.py). NaN becomes 0.
    /// </summary>
    /// <exception cref="ArgumentException">There are not 3 * height * width values.</exception>
    public static RgbImage FromPlanes(ReadOnlySpan<float> planes, int width, int height)
    {
        int area = width * height;
        CheckPlanes(planes, area);
        var picture = new byte[area * 3];
        for (int channel = 0; channel < 3; channel++)
        {
            var plane = planes.Slice(channel * area, area);
            for (int i = 0, to = channel; i < plane.Length; i++, to += 3)
            {
                float x = (plane[i] + 1) / 2;
                picture[to] = x >= 1 ? (byte)255 : x > 0 ? (byte)(x * 255) : (byte)0;
            }
        }
        return new(width, height, picture);
    }

    /// <summary>The rectangle whose upper left corner is (x, y).</summary>
    internal RgbImage Crop(int x, int y, int width, int height)
    {
        var part = new byte[width * height * 3];
        for (int row = 0; row < height; row++)
            Row(y + row).Slice(x * 3, width * 3).CopyTo(part.AsSpan(row * width * 3));
        return new(width, height, part);
    }

    private static void CheckPlanes(ReadOnlySpan<float> planes, int area)
    {
        if (planes.Length != area * 3)
            throw new ArgumentException(FormattableString.Invariant(
                $"Three planes of {area} pixels take {area * 3} values, not {planes.Length}."), nameof(planes));
    }
}
