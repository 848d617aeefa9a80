using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SixLabors.ImageSharp.Formats.Png.Chunks;

namespace SixLabors.ImageSharp.Formats.Png;

public class PngEncoder : ImageEncoder
{
    /// <summary>Longer texts are compressed.</summary>
    public int TextCompressionThreshold { get; init; } = 1024;

    private protected override unsafe int Encode(Image image, byte* pixels, Native.Output* output, byte* message)
    {
        using var chunks = new MemoryStream();
        foreach (var text in image.Metadata.Png.TextData) WriteChunk(chunks, text);
        fixed (byte* bytes = chunks.GetBuffer())
            return Native.images_png_encode(pixels, image.Width, image.Height, bytes, (nuint)chunks.Length, output, message);
    }

    /// <summary>iTXt where Latin-1 is not enough or a language is given, zTXt for long texts, else tEXt (PNG, 11.3.3).</summary>
    private void WriteChunk(MemoryStream chunks, PngTextData text)
    {
        bool compressed = text.Value.Length > TextCompressionThreshold;
        bool international = text.Value.Any(c => c > 255)
            || !string.IsNullOrWhiteSpace(text.LanguageTag) || !string.IsNullOrWhiteSpace(text.TranslatedKeyword);
        byte[] value = (international ? Encoding.UTF8 : Encoding.Latin1).GetBytes(text.Value);
        if (compressed) value = Compress(value);

        byte[] keyword = [.. Encoding.Latin1.GetBytes(text.Keyword), 0];
        byte[] language = [.. Encoding.ASCII.GetBytes(text.LanguageTag), 0, .. Encoding.UTF8.GetBytes(text.TranslatedKeyword), 0];
        byte[] data = international
            ? [.. keyword, (byte)(compressed ? 1 : 0), 0, .. language, .. value]
            : compressed ? [.. keyword, 0, .. value] : [.. keyword, .. value];
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        chunks.Write(length);
        chunks.Write(international ? "iTXt"u8 : compressed ? "zTXt"u8 : "tEXt"u8);
        chunks.Write(data);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var compressor = new ZLibStream(target, CompressionLevel.Optimal)) compressor.Write(bytes);
        return target.ToArray();
    }
}
