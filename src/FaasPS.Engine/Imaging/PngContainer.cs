using System.Buffers.Binary;
using System.IO.Compression;

namespace FaasPS.Engine.Imaging;

/// <summary>PNG: chunks of length, name, data, check sum; IHDR first, IEND last (PNG specification, 5.3 and 11.2).</summary>
internal sealed class PngContainer : ImageContainer
{
    private readonly int bitsPerPixel;
    private readonly bool interlaced;

    public PngContainer(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < 33) throw Truncated(name);
        if (!bytes[12..].StartsWith("IHDR"u8)) throw Corrupt(name, "it does not begin with a header");
        var header = bytes[16..];
        Width = BinaryPrimitives.ReadUInt32BigEndian(header);
        Height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        int samples = header[9] switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => throw Corrupt(name, "its colour type does not exist") };
        if (header[8] is not (1 or 2 or 4 or 8 or 16)) throw Corrupt(name, "its bit depth does not exist");
        bitsPerPixel = samples * header[8];
        interlaced = header[12] != 0;
    }

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public override void CheckComplete(ReadOnlySpan<byte> bytes, string name)
    {
        using var compressed = new MemoryStream();
        for (var rest = bytes[8..]; ;)
        {
            if (rest.Length < 12) throw Truncated(name);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12) throw Truncated(name);
            var chunkName = rest.Slice(4, 4);
            if (chunkName.SequenceEqual("IEND"u8)) break;
            if (chunkName.SequenceEqual("IDAT"u8)) compressed.Write(rest.Slice(8, (int)length));
            rest = rest[(12 + (int)length)..];
        }
        compressed.Position = 0;
        CheckRows(compressed, name);
    }

    /// <summary>The end may be there and rows missing: counts what the data unpack to, never more than the header promised.</summary>
    private void CheckRows(MemoryStream compressed, string name)
    {
        using var unpacked = new ZLibStream(compressed, CompressionMode.Decompress);
        var block = new byte[1 << 16];
        try
        {
            for (long missing = RowBytes(); missing > 0;)
            {
                int read = unpacked.Read(block, 0, (int)Math.Min(block.Length, missing));
                if (read == 0) throw Truncated(name);
                missing -= read;
            }
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException)   // zlib fails in either way
        {
            throw Corrupt(name, "its pixels cannot be unpacked", problem);
        }
    }

    /// <summary>Bytes of all rows, each with its filter byte; of the seven reduced pictures if interlaced (Adam7, 8.1).</summary>
    private long RowBytes()
    {
        if (!interlaced) return Rows(Width, Height);
        ReadOnlySpan<(int X, int Y, int StepX, int StepY)> passes =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        long total = 0;
        foreach (var (x, y, stepX, stepY) in passes)
            total += Rows((Width - x + stepX - 1) / stepX, (Height - y + stepY - 1) / stepY);
        return total;

        long Rows(long width, long height) => width <= 0 ? 0 : height * (1 + (((width * bitsPerPixel) + 7) / 8));
    }
}
