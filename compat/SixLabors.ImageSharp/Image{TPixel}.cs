using System.Runtime.InteropServices;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

public sealed class Image<TPixel> : Image
    where TPixel : unmanaged, IPixel<TPixel>
{
    private TPixel[]? pixels;

    internal Image(TPixel[] pixels, int width, int height) : base(width, height) => this.pixels = pixels;

    internal TPixel[] Pixels => pixels ?? throw new ObjectDisposedException(nameof(Image<TPixel>));

    public void ProcessPixelRows(PixelAccessorAction<TPixel> processPixels)
    {
        ArgumentNullException.ThrowIfNull(processPixels);
        processPixels(new(this));
    }

    protected override void Dispose(bool disposing) => pixels = null;

    internal override ReadOnlySpan<byte> RgbBytes() => typeof(TPixel) == typeof(Rgb24)
        ? MemoryMarshal.AsBytes(Pixels.AsSpan())
        : throw new NotSupportedException("The system stack saves Rgb24 pixels only.");

    /// <summary>Turns and mirrors the pixels so that the picture stands as EXIF's orientation says (EXIF 2.32, tag 0x0112).</summary>
    internal override void AutoOrient()
    {
        if (Orientation is < 2 or > 8) return;
        var (source, width, height) = (Pixels, Width, Height);
        bool mirroredX = Orientation is 2 or 3 or 7 or 8;   // the stored row runs against the shown axis
        bool mirroredY = Orientation is 3 or 4 or 6 or 7;   // the stored column does
        bool transposed = Orientation >= 5;
        if (transposed) (Width, Height) = (height, width);

        var shown = new TPixel[source.Length];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                var (column, row) = transposed ? (y, x) : (x, y);
                if (mirroredX) column = width - 1 - column;
                if (mirroredY) row = height - 1 - row;
                shown[(y * Width) + x] = source[(row * width) + column];
            }
        }
        pixels = shown;
    }
}
