namespace SixLabors.ImageSharp.Formats;

public abstract class ImageEncoder
{
    /// <summary>The whole encoded picture, written once it is complete.</summary>
    internal unsafe void Encode(Image image, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Native.Output output = default;
        byte* message = stackalloc byte[Native.MessageSize];
        *message = 0;
        try
        {
            fixed (byte* pixels = image.RgbBytes()) Native.Check(Encode(image, pixels, &output, message), message);
            using var encoded = new UnmanagedMemoryStream(output.Bytes, (long)output.Length);
            encoded.CopyTo(stream);
        }
        finally
        {
            Native.images_free(&output);
        }
    }

    private protected abstract unsafe int Encode(Image image, byte* pixels, Native.Output* output, byte* message);
}
