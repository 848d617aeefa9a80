using Microsoft.Win32.SafeHandles;
using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>Reads by offset: no shared position, so that several threads can read one file.</summary>
internal static class FileBytes
{
    /// <summary>Fills <paramref name="target"/> with the file's bytes from <paramref name="offset"/> on.</summary>
    public static void Read(SafeFileHandle file, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var read = RandomAccess.Read(file, target, offset);
            if (read == 0) throw new WeightsException(Invariant($"it ends at byte {offset}, in the middle of its data: truncated"));
            target = target[read..];
            offset += read;
        }
    }

    /// <summary>A new array of <paramref name="length"/> bytes, after making sure that the file holds them.</summary>
    public static byte[] Read(FileStream file, long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > file.Length - length)
            throw new WeightsException(Invariant($"it points to {length} bytes at {offset}, outside the file"));
        if (length > Array.MaxLength) throw new WeightsException(Invariant($"a single part of {length} bytes is too large to be true"));
        var bytes = new byte[length];
        Read(file.SafeFileHandle, offset, bytes);
        return bytes;
    }
}
