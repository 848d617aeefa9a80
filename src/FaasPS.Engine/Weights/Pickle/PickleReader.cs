using System.Buffers.Binary;
using System.Text;
using static System.FormattableString;

namespace FaasPS.Engine.Weights.Pickle;

/// <summary>Reads the primitives of a pickle. Every length is compared with the bytes that are left before anything is allocated.</summary>
internal sealed class PickleReader(Stream stream)
{
    /// <summary>Pickles of real checkpoints are a few hundred kilobytes; optimiser states and hyperparameters make it megabytes.</summary>
    public const long MaxLength = 256L << 20;

    private const int LongestLine = 1024;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] word = new byte[8];
    private long left = Math.Min(stream.Length - stream.Position, MaxLength);

    public byte Byte()
    {
        var value = left > 0 ? stream.ReadByte() : -1;
        if (value < 0) throw Truncated();
        left--;
        return (byte)value;
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Word(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Word(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Word(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Word(8));

    public double DoubleBigEndian() => BinaryPrimitives.ReadDoubleBigEndian(Word(8));

    public byte[] Bytes(ulong length)
    {
        CheckLength(length);
        var bytes = new byte[length];
        Fill(bytes);
        return bytes;
    }

    public string Utf8(ulong length)
    {
        var bytes = Bytes(length);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new WeightsException("the pickle holds text that is not UTF-8", e);
        }
    }

    /// <summary>Python 2 strings: bytes without an encoding.</summary>
    public string Latin1(ulong length) => Encoding.Latin1.GetString(Bytes(length));

    public string Line()
    {
        var line = new StringBuilder();
        for (var c = (char)Byte(); c != '\n'; c = (char)Byte())
        {
            if (line.Length == LongestLine)
                throw new WeightsException(Invariant($"the pickle holds a name longer than {LongestLine} characters"));
            line.Append(c);
        }
        return line.ToString();
    }

    public void CheckLength(ulong length)
    {
        if (length > (ulong)left)
            throw new WeightsException(Invariant($"the pickle announces {length} bytes where {left} are left: truncated or hostile"));
    }

    private ReadOnlySpan<byte> Word(int size)
    {
        Fill(word.AsSpan(0, size));
        return word.AsSpan(0, size);
    }

    private void Fill(Span<byte> target)
    {
        if (target.Length > left || stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length) throw Truncated();
        left -= target.Length;
    }

    private static WeightsException Truncated() => new("the pickle ends in the middle: the file is truncated");
}
