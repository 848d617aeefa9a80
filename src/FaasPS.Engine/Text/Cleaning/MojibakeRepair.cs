using System.Buffers;
using System.Text;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>Undoes UTF-8 that was read in a single-byte encoding, once or several times over (ftfy's <c>fix_encoding</c>).</summary>
internal static class MojibakeRepair
{
    // What UTF-8's lead and continuation bytes are read as. Of the four-byte leads only F0 and F3 (emoji and their tags) are common.
    private static readonly SearchValues<char> FirstOfTwo = Decoded(Enumerable.Range(0xC2, 0xDF - 0xC2 + 1));
    private static readonly SearchValues<char> FirstOfThree = Decoded(Enumerable.Range(0xE0, 16));
    private static readonly SearchValues<char> FirstOfFour = Decoded([0xF0, 0xF3]);
    private static readonly SearchValues<char> Continuation = Decoded(Enumerable.Range(0x80, 64), plus: " ");

    // Without the quotation marks, dashes, bullet and ellipsis that may well stand before mojibake.
    private static readonly SearchValues<char> SureContinuation = Decoded(Enumerable.Range(0x80, 64), minus: "–—―‘’‚“”„•…");

    public static string Repair(string text)
    {
        while (Badness.IsBad(text))
        {
            var repaired = DecodeWhole(text) ?? DecodeEmbedded(text) ?? CharacterRepairs.FixC1Controls(text);
            if (string.Equals(repaired, text, StringComparison.Ordinal)) break;
            text = repaired;
        }
        return text;
    }

    private static string? DecodeWhole(string text)
    {
        foreach (var encoding in SingleByteEncoding.All)
        {
            if (encoding.TryEncode(text) is not { } bytes) continue;
            // In MacRoman the lead bytes would be dashes, which spaces do follow.
            if (!string.Equals(encoding.Name, "macroman", StringComparison.Ordinal)) bytes = ByteRepairs.RestoreByteA0(bytes);
            if (encoding.IsLossy) bytes = ByteRepairs.ReplaceLossySequences(bytes);
            if (Utf8Variants.TryDecode(bytes) is { } decoded) return decoded;
        }
        return null;
    }

    /// <summary>Repairs runs of mojibake inside other text, each by itself; null when that changes nothing.</summary>
    private static string? DecodeEmbedded(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = i > 0 && SureContinuation.Contains(text[i - 1]) ? 0 : RunLength(text.AsSpan(i));
            var run = text.Substring(i, Math.Max(length, 1));
            // A run that is the whole text was tried as such; going into it again would never end.
            result.Append(length > 0 && length < text.Length && Badness.IsBad(run) ? Repair(run) : run);
            i += run.Length;
        }
        return result.Equals(text.AsSpan()) ? null : result.ToString();
    }

    /// <summary>How many characters from the start look like whole UTF-8 sequences.</summary>
    private static int RunLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (SequenceLength(text[length..]) is > 0 and var sequence) length += sequence;
        return length;
    }

    private static int SequenceLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return 0;
        if (FirstOfTwo.Contains(text[0]) && Continues(text, 2)) return 2;
        if (FirstOfThree.Contains(text[0]) && Continues(text, 3)) return 3;
        return FirstOfFour.Contains(text[0]) && Continues(text, 4) ? 4 : 0;
    }

    private static bool Continues(ReadOnlySpan<char> text, int length) =>
        text.Length >= length && !text[1..length].ContainsAnyExcept(Continuation);

    private static SearchValues<char> Decoded(IEnumerable<int> bytes, string plus = "", string minus = "") =>
        SearchValues.Create(
        [
            .. SingleByteEncoding.All.Where(encoding => encoding.IsLatin1Like)
                .SelectMany(encoding => bytes.Select(value => encoding.Decode((byte)value))).Except(minus).Union(plus),
        ]);
}
