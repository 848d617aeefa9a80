using System.Runtime.InteropServices;
using SixLabors.ImageSharp.Metadata;

namespace SixLabors.ImageSharp;

/// <summary>The two native decoders behind one face.</summary>
internal abstract unsafe class Codec
{
    private static readonly Codec Png = new PngCodec();
    private static readonly Codec Jpeg = new JpegCodec();

    /// <exception cref="UnknownImageFormatException">Neither a PNG nor a JPEG.</exception>
    public static Codec For(ReadOnlySpan<byte> data) =>
        data.StartsWith(PngCodec.Signature) ? Png
        : data.StartsWith(JpegCodec.Signature) ? Jpeg
        : throw new UnknownImageFormatException("Image cannot be loaded. Available decoders: PNG, JPEG.");

    public abstract int ReadOrientation(ReadOnlySpan<byte> data);
    protected abstract int ReadSize(byte* data, nuint length, out int width, out int height, byte* message);
    protected abstract int Decode(byte* data, nuint length, byte* pixels, int width, int height, byte* message);

    public (int Width, int Height) ReadSize(ReadOnlySpan<byte> data)
    {
        byte* message = stackalloc byte[Native.MessageSize];
        fixed (byte* bytes = data)
        {
            *message = 0;
            Native.Check(ReadSize(bytes, (nuint)data.Length, out int width, out int height, message), message);
            return (width, height);
        }
    }

    public void Decode(ReadOnlySpan<byte> data, Span<byte> pixels, int width, int height)
    {
        byte* message = stackalloc byte[Native.MessageSize];
        fixed (byte* bytes = data, target = pixels)
        {
            *message = 0;
            Native.Check(Decode(bytes, (nuint)data.Length, target, width, height, message), message);
        }
    }

    private sealed class PngCodec : Codec
    {
        public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

        public override int ReadOrientation(ReadOnlySpan<byte> data) => ExifOrientation.OfPng(data);

        protected override int ReadSize(byte* data, nuint length, out int width, out int height, byte* message) =>
            Native.images_png_size(data, length, out width, out height, message);

        protected override int Decode(byte* data, nuint length, byte* pixels, int width, int height, byte* message) =>
            Native.images_png_decode(data, length, pixels, width, height, message);
    }

    private sealed class JpegCodec : Codec
    {
        public static ReadOnlySpan<byte> Signature => [0xFF, 0xD8, 0xFF];

        public override int ReadOrientation(ReadOnlySpan<byte> data) => ExifOrientation.OfJpeg(data);

        protected override int ReadSize(byte* data, nuint length, out int width, out int height, byte* message) =>
            Native.images_jpeg_size(data, length, out width, out height, message);

        protected override int Decode(byte* data, nuint length, byte* pixels, int width, int height, byte* message) =>
            Native.images_jpeg_decode(data, length, pixels, width, height, message);
    }
}
