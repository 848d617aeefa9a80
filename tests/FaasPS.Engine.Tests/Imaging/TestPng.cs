using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace FaasPS.Engine.Tests.Imaging;

/// <summary>
/// Builds PNG files of every kind, sound or broken, from plain samples; written from the PNG specification, independent of any codec.
/// </summary>
internal sealed class TestPng(int width, int height, int colourType, int bitDepth, bool interlaced = false)
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public int Channels { get; } = colourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>[H, W, channels], each up to 2^bitDepth - 1.</summary>
    public int[] Samples { get; init; } = [];

    /// <summary>Between header and data, such as PLTE and tRNS.</summary>
    public List<(string Name, byte[] Data)> Chunks { get; } = [];

    /// <summary>Rows left out at the end, as a file would that was cut off and closed again.</summary>
    public int MissingRows { get; init; }

    public byte[] Encode()
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(file, "IHDR", Header());
        foreach (var (name, data) in Chunks) WriteChunk(file, name, data);
        byte[] pixels = Compress(Rows());
        WriteChunk(file, "IDAT", pixels[..(pixels.Length / 2)]);
        WriteChunk(file, "IDAT", pixels[(pixels.Length / 2)..]);
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

    public static void WriteChunk(Stream file, string name, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. data];
        file.Write(BigEndian(data.Length));
        file.Write(named);
        uint crc = uint.MaxValue;   // PNG specification, annex D
        foreach (byte b in named)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        file.Write(BigEndian((int)~crc));
    }

    public static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var compressor = new ZLibStream(target, CompressionLevel.Fastest)) compressor.Write(bytes);
        return target.ToArray();
    }

    private byte[] Header() =>
        [.. BigEndian(width), .. BigEndian(height), (byte)bitDepth, (byte)colourType, 0, 0, (byte)(interlaced ? 1 : 0)];

    private byte[] Rows()
    {
        var rows = new List<byte>();
        foreach (var (x, y, stepX, stepY) in interlaced ? Adam7 : [(0, 0, 1, 1)])
            if (x < width)
                for (int row = y; row < height - MissingRows; row += stepY) AddRow(rows, row, x, stepX);
        return [.. rows];
    }

    private void AddRow(List<byte> rows, int row, int firstColumn, int step)
    {
        rows.Add(0);   // no filter
        int used = 0, packed = 0;
        for (int column = firstColumn; column < width; column += step)
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                packed = (packed << bitDepth) | Samples[(((row * width) + column) * Channels) + channel];
                for (used += bitDepth; used >= 8; used -= 8) rows.Add((byte)(packed >> (used - 8)));
            }
        }
        if (used > 0) rows.Add((byte)(packed << (8 - used)));
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
