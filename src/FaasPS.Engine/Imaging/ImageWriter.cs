using System.Collections.Immutable;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace FaasPS.Engine.Imaging;

/// <summary>Writes PNG (lossless, with texts) and JPEG (quality 95, full chroma). A file appears complete or not at all.</summary>
public static class ImageWriter
{
    private const int JpegQuality = 95;

    /// <summary>Whether a path's extension tells a format that can be written.</summary>
    public static bool CanWrite(string path) => Path.GetExtension(path).ToUpperInvariant() is ".PNG" or ".JPG" or ".JPEG";

    /// <param name="image">What to write.</param>
    /// <param name="path">Its extension says the format: .png, .jpg or .jpeg.</param>
    /// <param name="text">
    /// Keyword (1 to 79 Latin-1 characters) to value, kept in a PNG's text chunks; a JPEG has no place for them and leaves them out.
    /// </param>
    /// <param name="overwrite">false: a file that exists stays as it is and is an error.</param>
    /// <param name="cancellationToken">Checked until the finished file takes its name.</param>
    /// <exception cref="ImageException">The extension names no format that can be written, or the path is a folder.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to write there.</exception>
    /// <exception cref="IOException">The file exists and is to be kept, or the disk fails.</exception>
    /// <exception cref="ArgumentException">A keyword cannot be kept in a PNG.</exception>
    public static void Write(
        RgbImage image, string path, IReadOnlyDictionary<string, string>? text = null, bool overwrite = true,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var encode = EncoderFor(path);
        foreach (string keyword in text?.Keys ?? []) CheckKeyword(keyword);
        if (Directory.Exists(path))
            throw new ImageException(ImageProblem.Directory, path, $"'{path}' is a folder; name an image file in it.");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The folder '{folder}' for '{path}' does not exist; create it first.");
        if (!overwrite && File.Exists(path)) throw new IOException($"'{path}' exists and is not to be overwritten.");

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            WholeFile.Write(
                path,
                temporary =>
                {
                    using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write)) Encode(image, text, encode, file);
                    cancellationToken.ThrowIfCancellationRequested();
                },
                overwrite);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new UnauthorizedAccessException(
                $"No permission to write '{path}'; choose another folder or change its permissions.", problem);
        }
    }

    /// <summary>A picture as a JPEG file's bytes, for pages that carry their pictures.</summary>
    public static byte[] ToJpeg(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var bytes = new MemoryStream();
        Encode(image, text: null, EncoderFor(".jpg"), bytes);
        return bytes.ToArray();
    }

    private static void Encode(RgbImage image, IReadOnlyDictionary<string, string>? text, Action<Image, Stream> encode, Stream file)
    {
        using var pixels = Image.LoadPixelData<Rgb24>(image.Pixels, image.Width, image.Height);
        var texts = pixels.Metadata.GetPngMetadata().TextData;
        foreach (var (keyword, value) in text ?? ImmutableDictionary<string, string>.Empty)
            texts.Add(new(keyword, value.Replace("\0", "", StringComparison.Ordinal), "", ""));   // PNG allows every character but NUL
        encode(pixels, file);
    }

    private static Action<Image, Stream> EncoderFor(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => (image, file) => image.SaveAsPng(file, new PngEncoder()),
        ".JPG" or ".JPEG" => (image, file) =>
            image.SaveAsJpeg(file, new JpegEncoder { Quality = JpegQuality, ColorType = JpegEncodingColor.YCbCrRatio444 }),
        _ => throw new ImageException(
            ImageProblem.UnknownExtension, path,
            $"'{path}' does not end in .png, .jpg or .jpeg; these are the formats that can be written."),
    };

    private static void CheckKeyword(string keyword)
    {
        bool printable = keyword.All(c => c is (>= ' ' and <= '~') or (>= '\u00A1' and <= '\u00FF'));
        if (!printable || keyword.Length is 0 or > 79 || keyword.Trim().Length != keyword.Length)
            throw new ArgumentException(
                $"'{keyword}' cannot be a PNG keyword: 1 to 79 printable Latin-1 characters, no space at either end.", nameof(keyword));
    }
}
