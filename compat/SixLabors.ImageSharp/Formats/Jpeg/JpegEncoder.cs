namespace SixLabors.ImageSharp.Formats.Jpeg;

public sealed class JpegEncoder : ImageEncoder
{
    private readonly int? quality;

    /// <summary>1 to 100; 75 by default.</summary>
    public int? Quality
    {
        get => quality;
        init => quality = value is null or (>= 1 and <= 100)
            ? value
            : throw new ArgumentException("Quality factor must be in [1..100] range.", nameof(value));
    }

    public JpegEncodingColor? ColorType { get; init; }

    private protected override unsafe int Encode(Image image, byte* pixels, Native.Output* output, byte* message) =>
        Native.images_jpeg_encode(
            pixels, image.Width, image.Height, Quality ?? 75, ColorType == JpegEncodingColor.YCbCrRatio444 ? 0 : 1, output, message);
}
