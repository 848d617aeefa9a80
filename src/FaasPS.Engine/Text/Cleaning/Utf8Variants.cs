using System.Text;
using System.Text.Unicode;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>
/// Decodes UTF-8 strictly, or, where its lead bytes hint at them, the variants CESU-8 and Java's (ftfy's "utf-8-variants").
/// </summary>
internal static class Utf8Variants
{
    /// <summary>The text, or null when the bytes are no UTF-8.</summary>
    public static string? TryDecode(byte[] bytes)
    {
        if (!bytes.AsSpan().ContainsAny((byte)0xED, (byte)0xC0)) return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;

        var text = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length;)
        {
            var rest = bytes.AsSpan(i);
            if (IsNull(rest))
            {
                text.Append('\0');
                i += 2;
            }
            else if (IsSurrogatePair(rest))
            {
                text.Append((char)(0xD800 | ((rest[1] & 0x0F) << 6) | (rest[2] & 0x3F)))
                    .Append((char)(0xDC00 | ((rest[4] & 0x0F) << 6) | (rest[5] & 0x3F)));
                i += 6;
            }
            else
            {
                if (Rune.DecodeFromUtf8(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done) return null;
                text.Append(rune);
                i += length;
            }
        }
        return text.ToString();
    }

    // Java writes U+0000 as C0 80.
    private static bool IsNull(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && bytes[0] == 0xC0 && IsLast(bytes, 1, 0x80);

    // CESU-8 writes the two surrogates of UTF-16 in three bytes each.
    private static bool IsSurrogatePair(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 6 && bytes[0] == 0xED && bytes[1] is >= 0xA0 and <= 0xAF && bytes[2] is >= 0x80 and <= 0xBF
        && bytes[3] == 0xED && bytes[4] is >= 0xB0 and <= 0xBF && IsLast(bytes, 5, 0xBF);

    // ftfy finds the sequences with a regular expression whose $ also holds before a line feed that ends the text: there the line feed
    // passes for the last byte. Kept, because equal ids are the aim.
    private static bool IsLast(ReadOnlySpan<byte> bytes, int index, byte greatest) =>
        (bytes[index] >= 0x80 && bytes[index] <= greatest) || (bytes[index] == '\n' && bytes.Length == index + 1);
}
