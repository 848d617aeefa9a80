using System.Buffers.Binary;

namespace FaasPS.Engine.Imaging;

/// <summary>JPEG: marker segments; entropy-coded data after each start of scan; EOI last (ITU-T T.81, annex B).</summary>
internal sealed class JpegContainer : ImageContainer
{
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private readonly int afterFrameHeader;

    public JpegContainer(ReadOnlySpan<byte> bytes, string name)
    {
        for (int at = 2; ;)
        {
            byte marker = NextSegment(bytes, ref at, name, out var content);
            if (marker is EndOfImage or StartOfScan) throw Corrupt(name, "its data come before its header");
            if (marker is < 0xC0 or > 0xCF or 0xC4 or 0xC8 or 0xCC) continue;   // all others of this range start a frame
            if (content.Length < 6) throw Corrupt(name, "its header is too short");
            Height = BinaryPrimitives.ReadUInt16BigEndian(content[1..]);
            Width = BinaryPrimitives.ReadUInt16BigEndian(content[3..]);
            afterFrameHeader = at;
            return;
        }
    }

    public static ReadOnlySpan<byte> Signature => [0xFF, 0xD8, 0xFF];

    public override void CheckComplete(ReadOnlySpan<byte> bytes, string name)
    {
        bool scanned = false;
        for (int at = afterFrameHeader; ;)
        {
            byte marker = NextSegment(bytes, ref at, name, out _);
            if (marker == EndOfImage) break;
            if (marker != StartOfScan) continue;
            scanned = true;
            SkipEntropyCodedData(bytes, ref at);
        }
        if (!scanned) throw Corrupt(name, "it holds no pixels");
    }

    private static byte NextSegment(ReadOnlySpan<byte> bytes, ref int at, string name, out ReadOnlySpan<byte> content)
    {
        content = default;
        // Stray bytes before a marker and fill bytes are skipped, as every decoder does.
        int found = bytes[at..].IndexOf((byte)0xFF);
        if (found < 0) throw Truncated(name);
        at += found;
        while (at < bytes.Length && bytes[at] == 0xFF) at++;
        if (at == bytes.Length) throw Truncated(name);
        byte marker = bytes[at++];
        if (marker is EndOfImage or 0x00 or 0x01 or (>= 0xD0 and <= 0xD8)) return marker;   // these have no content

        if (bytes.Length - at < 2) throw Truncated(name);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        if (length < 2) throw Corrupt(name, "a segment's length is below 2");
        if (length > bytes.Length - at) throw Truncated(name);
        content = bytes.Slice(at + 2, length - 2);
        at += length;
        return marker;
    }

    /// <summary>To the next marker: within the data 0xFF is followed by 0 or is a restart marker.</summary>
    private static void SkipEntropyCodedData(ReadOnlySpan<byte> bytes, ref int at)
    {
        for (; ; at += 2)
        {
            int found = bytes[at..].IndexOf((byte)0xFF);
            if (found < 0 || at + found + 1 >= bytes.Length)
            {
                at = bytes.Length;
                return;
            }
            at += found;
            if (bytes[at + 1] is not (0x00 or (>= 0xD0 and <= 0xD7))) return;
        }
    }
}
