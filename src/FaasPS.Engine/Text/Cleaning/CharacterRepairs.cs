using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>ftfy's repairs of single characters and short sequences, in the order in which it makes them.</summary>
internal static class CharacterRepairs
{
    private const char Escape = '\x1B';

    private static readonly FrozenDictionary<char, string> Replacements = BuildReplacements();
    private static readonly SearchValues<char> Replaced = SearchValues.Create(Replacements.Keys.ToArray());

    // Control characters without effect; C1 ones are gone by then, and those that are white space or direct rendering stay.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        "\0\x01\x02\x03\x04\x05\x06\x07\x08\x0B\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F"
        + "\u206A\u206B\u206C\u206D\u206E\u206F\uFEFF\uFFF9\uFFFA\uFFFB\uFFFC");

    public static string Repair(string text) =>
        RemoveControls(RemoveTerminalEscapes(FixSurrogates(FixLineBreaks(ReplaceCharacters(text)))));

    /// <summary>C1 controls come from Windows-1252 taken for Latin-1.</summary>
    public static string FixC1Controls(string text) =>
        string.Create(text.Length, text, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = source[i] is >= '\x80' and <= '\x9F' ? FromC1(source[i]) : source[i];
        });

    private static char FromC1(char control) => SingleByteEncoding.Windows1252.Decode((byte)control);

    private static string ReplaceCharacters(string text)
    {
        var rest = text.AsSpan();
        if (!rest.ContainsAny(Replaced)) return text;
        var result = new StringBuilder(text.Length);
        while (rest.IndexOfAny(Replaced) is >= 0 and var next)
        {
            result.Append(rest[..next]).Append(Replacements[rest[next]]);
            rest = rest[(next + 1)..];
        }
        return result.Append(rest).ToString();
    }

    private static string FixLineBreaks(string text) =>
        text.AsSpan().ContainsAny('\r', '\u2028', '\u2029')
            ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('\u2028', '\n').Replace('\u2029', '\n')
            : text;

    // Pairs are whole characters in UTF-16 already; a surrogate by itself becomes U+FFFD.
    private static string FixSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) result.Append(rune);
        return result.ToString();
    }

    /// <summary>Removes <c>ESC [ digits and semicolons, letter</c>; the digits may be any script's, as Python's \d.</summary>
    private static string RemoveTerminalEscapes(string text)
    {
        if (!text.Contains(Escape, StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var length = EscapeLength(text.AsSpan(i));
            if (length == 0) result.Append(text[i]);
            i += Math.Max(length, 1);
        }
        return result.ToString();
    }

    private static int EscapeLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[0] != Escape || text[1] != '[') return 0;
        var length = 2;
        foreach (var rune in text[2..].EnumerateRunes())
        {
            length += rune.Utf16SequenceLength;
            if (rune.IsAscii && char.IsAsciiLetter((char)rune.Value)) return length;
            if (rune.Value != ';' && Rune.GetUnicodeCategory(rune) != UnicodeCategory.DecimalDigitNumber) return 0;
        }
        return 0;
    }

    private static string RemoveControls(string text)
    {
        var rest = text.AsSpan();
        if (!rest.ContainsAny(Controls)) return text;
        var result = new StringBuilder(text.Length);
        while (rest.IndexOfAny(Controls) is >= 0 and var next)
        {
            result.Append(rest[..next]);
            rest = rest[(next + 1)..];
        }
        return result.Append(rest).ToString();
    }

    // C1 controls, then Latin ligatures and digraphs, then full and half width, then curly quotes: one step's result may be the next one's
    // subject (U+0149 becomes U+02BC and n, U+0091 a curly quote), so the steps are chained here once instead of over every text.
    private static FrozenDictionary<char, string> BuildReplacements()
    {
        const string ligatures = "ĲIJ ĳij ŉʼn ǱDZ ǲDz ǳdz ǄDŽ ǅDž ǆdž ǇLJ ǈLj ǉlj ǊNJ ǋNj ǌnj ﬀff ﬁfi ﬂfl ﬃffi ﬄffl ﬅſt ﬆst";
        const string quotes = "ʼ‘’‚‛“”„‟";
        var replacements = quotes.ToDictionary(quote => quote, quote => quote.ToString());
        foreach (var entry in ligatures.Split(' ')) replacements[entry[0]] = entry[1..];
        foreach (var entry in CharacterData.Entries("width-forms"))
            replacements[(char)CharacterData.CodePoint(entry[0])] = CharacterData.Text(entry[1..]);
        for (var control = '\x80'; control <= '\x9F'; control++) replacements[control] = FromC1(control).ToString();

        return replacements.ToFrozenDictionary(entry => entry.Key, entry => string.Concat(entry.Value.Select(Uncurl)));

        static char Uncurl(char character) => character switch
        {
            'ʼ' or (>= '‘' and <= '‛') => '\'',
            >= '“' and <= '‟' => '"',
            _ => character,
        };
    }
}
