using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;

namespace SixLabors.ImageSharp;

/// <summary>
/// The part of SixLabors.ImageSharp 3.1 that the engine uses, over the machine's libjpeg-turbo and libpng: loads Rgba32, saves Rgb24.
/// </summary>
public abstract class Image : IDisposable
{
    private protected Image(int width, int height) => (Width, Height) = (width, height);

    public int Width { get; private protected set; }
    public int Height { get; private protected set; }
    public ImageMetadata Metadata { get; } = new();

    /// <summary>EXIF's orientation, 1 to 8; anything else counts as 1.</summary>
    internal int Orientation { get; init; } = 1;

    /// <exception cref="UnknownImageFormatException">Neither a PNG nor a JPEG.</exception>
    /// <exception cref="InvalidImageContentException">Damaged, or too large to be held.</exception>
    public static Image<TPixel> Load<TPixel>(DecoderOptions options, ReadOnlySpan<byte> data)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        ArgumentNullException.ThrowIfNull(options);
        if (typeof(TPixel) != typeof(Rgba32)) throw new NotSupportedException("The system stack loads Rgba32 pixels only.");
        var codec = Codec.For(data);
        var (width, height) = codec.ReadSize(data);
        if (width <= 0 || height <= 0 || (long)width * height > Array.MaxLength / 4)
            throw new InvalidImageContentException(FormattableString.Invariant($"Cannot decode an image of {width}x{height} pixels."));
        var pixels = new TPixel[width * height];
        codec.Decode(data, MemoryMarshal.AsBytes(pixels.AsSpan()), width, height);
        return new(pixels, width, height) { Orientation = codec.ReadOrientation(data) };
    }

    /// <exception cref="ArgumentOutOfRangeException">Fewer bytes than width * height pixels.</exception>
    public static Image<TPixel> LoadPixelData<TPixel>(ReadOnlySpan<byte> data, int width, int height)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        var given = MemoryMarshal.Cast<byte, TPixel>(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(given.Length, width * height, nameof(data));
        return new(given[..(width * height)].ToArray(), width, height);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>The pixels for an encoder: three bytes each, rows from the top.</summary>
    internal abstract ReadOnlySpan<byte> RgbBytes();

    internal abstract void AutoOrient();
}
