using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace FaasPS.Engine.Imaging;

/// <summary>
/// Reads PNG (every kind) and JPEG (baseline, progressive; grey, RGB, YCbCr, CMYK) as 8-bit RGB: turned upright by EXIF, transparency laid
/// over white, 16 bits rounded to 8. Colour profiles are not applied. Size and completeness are checked before a pixel is decoded.
/// </summary>
public static class ImageReader
{
    /// <summary>The longest side read, in pixels.</summary>
    public const int MaxSide = 16_384;

    /// <summary>The largest area read, in pixels.</summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>The largest file read: room for an uncompressed picture of the largest area at 16 bits.</summary>
    public const long MaxFileBytes = 1L << 30;

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ImageException">The file is no picture, damaged, cut off or too large; or the path is a folder.</exception>
    public static RgbImage Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new ImageException(ImageProblem.Directory, path, $"'{path}' is a folder; name an image file in it.");
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no image file '{path}'.", path);
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <param name="stream">Read from its position to its end.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="ImageException">The bytes are no picture, damaged, cut off or too large.</exception>
    public static RgbImage Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var bytes = ReadAll(stream, name);
        var container = ImageContainer.Of(bytes, name);
        CheckSize(container, name);
        container.CheckComplete(bytes, name);
        try
        {
            using var image = Image.Load<Rgba32>(new DecoderOptions { MaxFrames = 1 }, bytes);
            image.Mutate(context => context.AutoOrient());
            return OverWhite(image);
        }
        catch (Exception problem) when (problem is not (OutOfMemoryException or TypeLoadException))
        {
            // A decoder given damaged data may throw anything, and it all means the same; a missing native library does not.
            throw ImageContainer.Corrupt(name, problem.Message.TrimEnd('.'), problem);
        }
    }

    private static ReadOnlySpan<byte> ReadAll(Stream stream, string name)
    {
        long announced = stream.CanSeek ? stream.Length - stream.Position : 0;
        CheckBytes(announced);
        using var bytes = new MemoryStream((int)announced);
        var block = new byte[1 << 16];
        for (int read; (read = stream.Read(block)) > 0;)
        {
            CheckBytes(bytes.Length + read);
            bytes.Write(block, 0, read);
        }
        if (bytes.Length == 0) throw new ImageException(ImageProblem.Empty, name, $"'{name}' is empty; it holds no image.");
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);

        void CheckBytes(long count)
        {
            if (count > MaxFileBytes)
                throw new ImageException(ImageProblem.TooLarge, name, FormattableString.Invariant(
                    $"'{name}' is too large: images are read up to {MaxFileBytes >> 20} MiB. Scale it down."));
        }
    }

    private static void CheckSize(ImageContainer container, string name)
    {
        var (width, height) = (container.Width, container.Height);
        if (width == 0 || height == 0)
            throw ImageContainer.Corrupt(name, FormattableString.Invariant($"its header says {width} x {height} pixels"));
        if (width > MaxSide || height > MaxSide || width * height > MaxPixels)
            throw new ImageException(ImageProblem.TooLarge, name, FormattableString.Invariant(
                $"'{name}' is too large: {width} x {height} pixels. Scale it to {MaxSide} a side and {MaxPixels / 1_000_000} million in all."));
    }

    /// <summary>Each channel c with alpha a becomes (c*a + 255*(255-a)) / 255, rounded.</summary>
    private static RgbImage OverWhite(Image<Rgba32> image)
    {
        var (width, height) = (image.Width, image.Height);
        var pixels = new byte[width * height * 3];
        image.ProcessPixelRows(rows =>
        {
            for (int y = 0, to = 0; y < rows.Height; y++)
            {
                foreach (var pixel in rows.GetRowSpan(y))
                {
                    int white = 255 * (255 - pixel.A);
                    pixels[to++] = (byte)(((pixel.R * pixel.A) + white + 127) / 255);
                    pixels[to++] = (byte)(((pixel.G * pixel.A) + white + 127) / 255);
                    pixels[to++] = (byte)(((pixel.B * pixel.A) + white + 127) / 255);
                }
            }
        });
        return new(width, height, pixels);
    }
}
