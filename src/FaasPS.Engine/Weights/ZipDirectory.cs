using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using static FaasPS.Engine.Weights.WeightsException;
using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>The entries of a zip file with the place of their bytes, which System.IO.Compression does not tell (PKWARE APPNOTE, sections
/// 4.3.7 to 4.3.16, with zip64). Entries that overlap, lie outside the file or inflate beyond what deflate can do are refused.</summary>
internal static class ZipDirectory
{
    private const uint LocalSignature = 0x04034b50, CentralSignature = 0x02014b50, EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50, Locator64Signature = 0x07064b50;
    private const int LocalSize = 30, CentralSize = 46, EndSize = 22, Locator64Size = 20, End64Size = 56;
    private const ushort Zip64Extra = 1, Stored = 0, Deflated = 8;

    /// <summary>Deflate codes at most 258 bytes in 2 bits (zlib's technical notes: 1032 to 1).</summary>
    private const long MaxRatio = 1032;

    private const long MaxDirectory = 64L << 20;

    public static IReadOnlyDictionary<string, Segment> Read(FileStream file)
    {
        var (start, size, count) = FindDirectory(file);
        var directory = FileBytes.Read(file, start, size);
        var entries = new Dictionary<string, Segment>(StringComparer.Ordinal);
        var extents = new List<(long Start, long End, string Name)>();
        var at = 0;
        for (var i = 0L; i < count; i++)
        {
            var entry = CentralEntry.Parse(directory, ref at);
            var data = DataOffset(file, entry, start);
            var end = data + entry.Packed;
            if (entry.Packed < 0 || entry.Size < 0 || end > start || end < data) throw Bad(entry.Name, "lies outside the file");
            if (entry.Method == Stored ? entry.Packed != entry.Size : entry.Size / MaxRatio > entry.Packed)
                throw Bad(entry.Name, Invariant($"claims {entry.Size} bytes out of {entry.Packed}"));
            if (!entries.TryAdd(entry.Name, new Segment(data, entry.Size, entry.Method == Deflated ? entry.Packed : null)))
                throw Bad(entry.Name, "is there twice");
            extents.Add((entry.Local, end, entry.Name));
        }
        extents.Sort();
        for (var i = 1; i < extents.Count; i++)
            if (extents[i].Start < extents[i - 1].End) throw Bad(extents[i].Name, $"overlaps {Quote(extents[i - 1].Name)}");
        return entries;
    }

    /// <summary>All of an entry's bytes.</summary>
    public static byte[] ReadAll(FileStream file, Segment segment)
    {
        if (segment.PackedLength is null) return FileBytes.Read(file, segment.Offset, segment.Length);
        var bytes = new byte[segment.Length];
        using var inflated = Inflate(file, segment);
        Fill(inflated, bytes);
        return bytes;
    }

    public static Stream Inflate(FileStream file, Segment segment)
    {
        var packed = FileBytes.Read(file, segment.Offset, segment.PackedLength!.Value);
        return new DeflateStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
    }

    /// <summary>Inflates exactly as many bytes as <paramref name="target"/> has.</summary>
    public static void Fill(Stream inflated, Span<byte> target)
    {
        try
        {
            inflated.ReadExactly(target);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new WeightsException("a compressed zip entry is damaged or shorter than announced", e);
        }
    }

    private static (long Start, long Size, long Count) FindDirectory(FileStream file)
    {
        // The end record is the last thing but for a comment of at most 65,535 bytes.
        var tailLength = Math.Min(file.Length, EndSize + ushort.MaxValue);
        var tail = FileBytes.Read(file, file.Length - tailLength, tailLength);
        var end = tail.Length - EndSize;
        while (end >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end)) != EndSignature) end--;
        if (end < 0) throw new WeightsException("it is a zip file without its directory: truncated");
        var endAt = file.Length - tail.Length + end;
        var record = tail.AsSpan(end, EndSize);
        long count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        long start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(record[4..]) is not (0 or ushort.MaxValue))
            throw new WeightsException("it is one part of a split zip file");

        var locatorAt = end - Locator64Size;
        if (locatorAt >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(locatorAt)) == Locator64Signature)
        {
            var end64At = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(locatorAt + 8));
            var end64 = FileBytes.Read(file, end64At, End64Size);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end64) != End64Signature)
                throw new WeightsException("its zip64 directory is not where it should be");
            count = BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(32));
            size = BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(40));
            start = BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(48));
            endAt = end64At;
        }
        if (start < 0 || start > endAt || size < 0 || size > Math.Min(endAt - start, MaxDirectory)
            || count < 0 || count > size / CentralSize)
            throw new WeightsException(Invariant($"its zip directory of {count} entries in {size} bytes at {start} does not fit the file"));
        return (start, size, count);
    }

    /// <summary>The local header says where the data starts; its name must be the directory's.</summary>
    private static long DataOffset(FileStream file, CentralEntry entry, long limit)
    {
        if (entry.Local < 0 || entry.Local > limit - LocalSize) throw Bad(entry.Name, "lies outside the file");
        var header = FileBytes.Read(file, entry.Local, LocalSize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature) throw Bad(entry.Name, "is not where the directory says");
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26));
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        var name = FileBytes.Read(file, entry.Local + LocalSize, nameLength);
        if (!name.AsSpan().SequenceEqual(entry.RawName)) throw Bad(entry.Name, "has another name in its own header");
        return entry.Local + LocalSize + nameLength + extraLength;
    }

    private static WeightsException Bad(string name, string what) => new($"its zip entry {Quote(name)} {what}");

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct CentralEntry(string Name, byte[] RawName, ushort Method, long Packed, long Size, long Local)
    {
        public static CentralEntry Parse(byte[] directory, ref int at)
        {
            var left = directory.AsSpan(at);
            if (left.Length < CentralSize || BinaryPrimitives.ReadUInt32LittleEndian(left) != CentralSignature)
                throw new WeightsException("its zip directory is damaged");
            var flags = BinaryPrimitives.ReadUInt16LittleEndian(left[8..]);
            var method = BinaryPrimitives.ReadUInt16LittleEndian(left[10..]);
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(left[28..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(left[30..]);
            int total = CentralSize + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(left[32..]);
            if (left.Length < total) throw new WeightsException("its zip directory is damaged");
            var raw = left.Slice(CentralSize, nameLength).ToArray();
            var name = Encoding.UTF8.GetString(raw);
            if ((flags & 1) != 0) throw Bad(name, "is encrypted");
            if (method is not (Stored or Deflated))
                throw Bad(name, Invariant($"is compressed by method {method}; only stored and deflated entries are read"));

            long size = BinaryPrimitives.ReadUInt32LittleEndian(left[24..]), packed = BinaryPrimitives.ReadUInt32LittleEndian(left[20..]);
            long local = BinaryPrimitives.ReadUInt32LittleEndian(left[42..]);
            var wide = Zip64(left.Slice(CentralSize + nameLength, extraLength));
            if (size == uint.MaxValue) size = Next(ref wide, name);
            if (packed == uint.MaxValue) packed = Next(ref wide, name);
            if (local == uint.MaxValue) local = Next(ref wide, name);
            at += total;
            return new CentralEntry(name, raw, method, packed, size, local);
        }

        private static ReadOnlySpan<byte> Zip64(ReadOnlySpan<byte> extra)
        {
            while (extra.Length >= 4)
            {
                int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
                if (length > extra.Length - 4) break;
                if (id == Zip64Extra) return extra.Slice(4, length);
                extra = extra[(4 + length)..];
            }
            return [];
        }

        private static long Next(ref ReadOnlySpan<byte> wide, string name)
        {
            if (wide.Length < sizeof(long)) throw Bad(name, "lacks its 64-bit size");
            var value = BinaryPrimitives.ReadInt64LittleEndian(wide);
            wide = wide[sizeof(long)..];
            return value;
        }
    }
}
