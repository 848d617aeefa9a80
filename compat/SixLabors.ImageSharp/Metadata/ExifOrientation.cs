using System.Buffers.Binary;

namespace SixLabors.ImageSharp.Metadata;

/// <summary>Finds EXIF's orientation (tag 0x0112, a short in the first directory) in a PNG's eXIf chunk or a JPEG's APP1 segment.</summary>
internal static class ExifOrientation
{
    private const int Upright = 1;

    public static int OfPng(ReadOnlySpan<byte> data)
    {
        for (var rest = data[8..]; rest.Length >= 12;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12) break;
            if (rest[4..].StartsWith("eXIf"u8)) return OfTiff(rest.Slice(8, (int)length));
            rest = rest[(12 + (int)length)..];
        }
        return Upright;
    }

    public static int OfJpeg(ReadOnlySpan<byte> data)
    {
        const byte App1 = 0xE1, StartOfScan = 0xDA;
        for (var rest = data[2..]; rest.Length >= 4 && rest[0] == 0xFF && rest[1] != StartOfScan;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < 2 || length > rest.Length - 2) break;
            var content = rest.Slice(4, length - 2);
            if (rest[1] == App1 && content.StartsWith("Exif\0\0"u8)) return OfTiff(content[6..]);
            rest = rest[(2 + length)..];
        }
        return Upright;
    }

    private static int OfTiff(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff.StartsWith("II"u8);
        if (tiff.Length < 8 || (!little && !tiff.StartsWith("MM"u8))) return Upright;
        uint directory = Long(tiff[4..], little);
        if (directory > tiff.Length - 2) return Upright;
        var entries = tiff[((int)directory + 2)..];
        for (int left = Short(tiff[(int)directory..], little); left > 0 && entries.Length >= 12; left--, entries = entries[12..])
            if (Short(entries, little) == 0x0112 && Short(entries[2..], little) == 3)
                return Short(entries[8..], little);
        return Upright;
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Long(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
