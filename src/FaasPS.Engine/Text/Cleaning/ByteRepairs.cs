namespace FaasPS.Engine.Text.Cleaning;

/// <summary>Mends UTF-8 in which single bytes were altered or lost before it can be decoded (ftfy's transcoding fixers).</summary>
internal static class ByteRepairs
{
    private const byte Space = 0x20;
    private const byte NoBreakSpace = 0xA0;
    private static readonly byte[] ReplacementCharacter = [0xEF, 0xBF, 0xBD]; // U+FFFD in UTF-8

    /// <summary>
    /// Puts byte A0 back where a program took it for a no-break space and wrote a plain space, in sequences that are then likely UTF-8.
    /// </summary>
    public static byte[] RestoreByteA0(byte[] bytes)
    {
        var result = SeparateGraveA(bytes);
        for (var i = 0; i < result.Length;)
        {
            var length = AlteredSequence(result.AsSpan(i));
            result.AsSpan(i, length).Replace(Space, NoBreakSpace);
            i += Math.Max(length, 1);
        }
        return result;
    }

    /// <summary>
    /// Turns UTF-8 sequences with lost bytes (1A, or one '?') into U+FFFD's sequence, and so every other byte 1A.
    /// </summary>
    public static byte[] ReplaceLossySequences(byte[] bytes)
    {
        if (!bytes.AsSpan().ContainsAny(SingleByteEncoding.LostByte, (byte)'?')) return bytes;
        var result = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length;)
        {
            var length = LossySequence(bytes.AsSpan(i));
            if (length > 0) result.AddRange(ReplacementCharacter);
            else result.Add(bytes[i]);
            i += Math.Max(length, 1);
        }
        return [.. result];
    }

    // C3 A0 is à, which is mostly a word: "Ã la" means "à la", so a space is kept after it. Portuguese is excepted, where às, àquele,
    // àquela and àquilo are single words.
    private static byte[] SeparateGraveA(byte[] bytes)
    {
        var result = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            result.Add(bytes[i]);
            if (bytes[i] != 0xC3 || i + 1 == bytes.Length || bytes[i + 1] != Space) continue;
            var after = bytes.AsSpan(i + 2);
            if (!after.StartsWith(" "u8) && !after.StartsWith("quele"u8) && !after.StartsWith("quela"u8) && !after.StartsWith("quilo"u8)
                && !after.StartsWith("s "u8)) result.Add(NoBreakSpace);
        }
        return [.. result];
    }

    // Lead bytes are those whose characters with A0 are common: U+A0, à, Š, Π, Р, the Arabic zero; in longer sequences neither Samaritan
    // and Mongolian nor CJK, which do not stand among Latin letters.
    private static int AlteredSequence(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2) return 0;
        if (bytes[0] is 0xC2 or 0xC3 or 0xC5 or 0xCE or 0xD0 or 0xD9 && bytes[1] == Space) return 2;
        if (bytes.Length >= 3)
        {
            if (bytes[0] is 0xE2 or 0xE3 && bytes[1] == Space && IsUnspacedContinuation(bytes[2])) return 3;
            if (bytes[0] is >= 0xE0 and <= 0xE3 && IsUnspacedContinuation(bytes[1]) && bytes[2] == Space) return 3;
        }
        if (bytes.Length < 4 || bytes[0] != 0xF0) return 0;
        var tail = bytes[1..4];
        return tail.Count(Space) == 1 && CountContinuations(tail) == 2 ? 4 : 0;
    }

    // 85 and A0 are characters of white space themselves and prove nothing.
    private static bool IsUnspacedContinuation(byte value) => IsContinuation(value) && value is not (0x85 or NoBreakSpace);

    private static int LossySequence(ReadOnlySpan<byte> bytes)
    {
        var lead = bytes[0];
        if (lead == SingleByteEncoding.LostByte) return 1;
        if (lead is >= 0xC2 and <= 0xDF && bytes.Length > 1 && (IsLost(bytes[1]) || (lead <= 0xC3 && bytes[1] == '?'))) return 2;
        if (lead == 0xED && IsLossySurrogatePair(bytes)) return 6;
        var length = lead switch { >= 0xE0 and <= 0xEF => 3, >= 0xF0 and <= 0xF4 => 4, _ => int.MaxValue };
        return bytes.Length >= length && IsLossyTail(bytes[1..length]) ? length : 0;
    }

    // Continuations, of which at least one is lost and at most one is a question mark.
    private static bool IsLossyTail(ReadOnlySpan<byte> tail)
    {
        int lost = tail.Count(SingleByteEncoding.LostByte), questions = tail.Count((byte)'?');
        return lost + questions > 0 && questions <= 1 && lost + questions + CountContinuations(tail) == tail.Length;
    }

    // CESU-8: ED A0..AF xx, ED B0..BF xx, with at least one of the two xx lost.
    private static bool IsLossySurrogatePair(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 6 && bytes[1] is >= 0xA0 and <= 0xAF && bytes[3] == 0xED && bytes[4] is >= 0xB0 and <= 0xBF
        && (IsLostOrQuestion(bytes[2]) || IsLostOrQuestion(bytes[5]))
        && (IsLostOrQuestion(bytes[2]) || IsContinuation(bytes[2])) && (IsLostOrQuestion(bytes[5]) || IsContinuation(bytes[5]));

    private static bool IsLost(byte value) => value == SingleByteEncoding.LostByte;

    private static bool IsLostOrQuestion(byte value) => IsLost(value) || value == '?';

    private static bool IsContinuation(byte value) => value is >= 0x80 and <= 0xBF;

    private static int CountContinuations(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var value in bytes)
            if (IsContinuation(value)) count++;
        return count;
    }
}
