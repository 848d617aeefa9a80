using System.IO.Compression;
using System.Text;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>An entry as a hostile hand would write it: every field of the directory can contradict the data.</summary>
internal sealed record ZipItem(string Name, byte[] Data)
{
    public bool Deflate { get; init; }
    public uint? Size { get; init; }
    public uint? PackedSize { get; init; }
    public uint? LocalOffset { get; init; }
    public string? LocalName { get; init; }
    public ushort Flags { get; init; }
    public ushort? Method { get; init; }
    public byte[] Extra { get; init; } = [];
}

/// <summary>Writes zip files without minding whether they are sound (PKWARE APPNOTE, section 4.3).</summary>
internal static class ZipWriter
{
    public static byte[] Write(params ZipItem[] items)
    {
        using var stream = new MemoryStream();
        using var zip = new BinaryWriter(stream);
        using var directory = new MemoryStream();
        using var central = new BinaryWriter(directory);
        foreach (var item in items)
        {
            var name = Encoding.UTF8.GetBytes(item.Name);
            var localName = Encoding.UTF8.GetBytes(item.LocalName ?? item.Name);
            var data = item.Deflate ? Deflated(item.Data) : item.Data;
            var method = item.Method ?? (ushort)(item.Deflate ? 8 : 0);
            uint packed = item.PackedSize ?? (uint)data.Length, size = item.Size ?? (uint)item.Data.Length;
            var local = item.LocalOffset ?? (uint)stream.Position;

            zip.Write(0x04034b50u);
            foreach (var field in (ushort[])[20, item.Flags, method, 0, 0]) zip.Write(field);
            foreach (var field in (uint[])[0, packed, size]) zip.Write(field);
            foreach (var field in (ushort[])[(ushort)localName.Length, 0]) zip.Write(field);
            zip.Write(localName);
            zip.Write(data);

            central.Write(0x02014b50u);
            foreach (var field in (ushort[])[20, 20, item.Flags, method, 0, 0]) central.Write(field);
            foreach (var field in (uint[])[0, packed, size]) central.Write(field);
            foreach (var field in (ushort[])[(ushort)name.Length, (ushort)item.Extra.Length, 0, 0, 0]) central.Write(field);
            central.Write(0u);
            central.Write(local);
            central.Write(name);
            central.Write(item.Extra);
        }
        var start = (uint)stream.Position;
        zip.Write(directory.ToArray());
        zip.Write(0x06054b50u);
        foreach (var field in (ushort[])[0, 0, (ushort)items.Length, (ushort)items.Length]) zip.Write(field);
        zip.Write((uint)directory.Length);
        zip.Write(start);
        zip.Write((ushort)0);
        return stream.ToArray();
    }

    public static byte[] Deflated(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal)) deflate.Write(data);
        return packed.ToArray();
    }
}
