using System.Collections.Frozen;
using System.Text;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>
/// HTML character references as Python's html.unescape and as ftfy's stricter unescape_html decode them. System.Net.WebUtility knows
/// HTML 4's names only and neither names without semicolon nor the invalid code points' replacements.
/// </summary>
internal static class HtmlEntities
{
    private const int LongestName = 32;        // with its semicolon: CounterClockwiseContourIntegral;
    private const int LongestStrictName = 24;  // ftfy's limit, without

    private static readonly FrozenDictionary<string, string> Names = Read(entry => !entry[0].StartsWith('^'));

    // ftfy also reads upper-cased names, as &EACUTE; for É, where that is no other name.
    private static readonly FrozenDictionary<string, string> StrictNames = Read(entry => entry[0].EndsWith(';'));

    // The length of a reference without its ampersand, 0 where there is none, and what it stands for.
    private delegate int Reference(ReadOnlySpan<char> body, out string value);

    /// <summary>html.unescape: numeric references, names, and the longest name that what follows begins with.</summary>
    public static string Unescape(string text) => Replace(text, Lenient);

    /// <summary>ftfy's unescape_html: only what ends in a semicolon, so that "this&amp;not that" stays as it is.</summary>
    public static string UnescapeStrict(string text) => Replace(text, (ReadOnlySpan<char> body, out string value) =>
    {
        // Where the result is an ampersand, the repair's next round reads it with what follows. To do so here, as long as that gives an
        // ampersand again, changes nothing else (no other repair looks at one) and spares "&amp;amp;amp;..." a round for each.
        var length = Strict(body, out value);
        while (value == "&" && Strict(body[length..], out var next) is > 0 and var more && next == "&") length += more;
        return length;
    });

    private static string Replace(string text, Reference reference)
    {
        var rest = text.AsSpan();
        var result = new StringBuilder();
        while (rest.IndexOf('&') is >= 0 and var ampersand)
        {
            var length = reference(rest[(ampersand + 1)..], out var value);
            if (length == 0) value = "&";
            result.Append(rest[..ampersand]).Append(value);
            rest = rest[(ampersand + 1 + length)..];
        }
        return result.Length == 0 && rest.Length == text.Length ? text : result.Append(rest).ToString();
    }

    private static int Lenient(ReadOnlySpan<char> body, out string value)
    {
        var length = NumericLength(body);
        value = length > 0 ? NumericValue(body[..length]) : "";
        if (length > 0) return length;

        // Names are of ASCII letters and digits, some with a semicolon at the end, none with a single letter.
        length = AlphanumericLength(body, LongestName - 1);
        if (length < body.Length && body[length] == ';') length++;
        for (; length >= 2; length--)
            if (Names.TryGetValue(body[..length].ToString(), out value!)) return length;
        value = "";
        return 0;
    }

    private static int Strict(ReadOnlySpan<char> body, out string value)
    {
        value = "";
        var sign = body.StartsWith("#") ? 1 : 0;
        var end = sign + AlphanumericLength(body[sign..], LongestStrictName);
        if (end == sign || end == body.Length || body[end] != ';') return 0;
        end++;
        if (sign == 0) return StrictNames.TryGetValue(body[..end].ToString(), out value!) ? end : 0;

        // The semicolon's own reference stays: ftfy takes a semicolon in the result for one that was not consumed.
        if (NumericLength(body) != end) return 0;
        value = NumericValue(body[..end]);
        return value == ";" ? 0 : end;
    }

    private static int AlphanumericLength(ReadOnlySpan<char> text, int limit)
    {
        var length = 0;
        while (length < text.Length && length < limit && char.IsAsciiLetterOrDigit(text[length])) length++;
        return length;
    }

    /// <summary>The length of <c>#123;</c> or <c>#x1F;</c>, semicolon included where there is one; 0 when there is none.</summary>
    private static int NumericLength(ReadOnlySpan<char> body)
    {
        if (!body.StartsWith("#")) return 0;
        var isHex = body.Length > 1 && body[1] is 'x' or 'X';
        var digits = isHex ? 2 : 1;
        var end = digits;
        while (end < body.Length && (isHex ? char.IsAsciiHexDigit(body[end]) : char.IsAsciiDigit(body[end]))) end++;
        if (end == digits) return 0;
        return end < body.Length && body[end] == ';' ? end + 1 : end;
    }

    private static string NumericValue(ReadOnlySpan<char> body)
    {
        var isHex = body[1] is 'x' or 'X';
        var code = 0;
        foreach (var digit in body[(isHex ? 2 : 1)..].TrimEnd(';'))
        {
            var value = char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
            code = Math.Min(code * (isHex ? 16 : 10) + value, 0x110000); // saturates where there are no characters any more
        }

        if (code is 0 or (>= 0xD800 and <= 0xDFFF) or > 0x10FFFF) return "\uFFFD";
        if (code is >= 0x80 and <= 0x9F) return SingleByteEncoding.Windows1252.Decode((byte)code).ToString();
        return IsDropped(code) ? "" : char.ConvertFromUtf32(code);
    }

    // Controls and noncharacters.
    private static bool IsDropped(int code) =>
        code is <= 8 or 0xB or (>= 0xE and <= 0x1F) or 0x7F or (>= 0xFDD0 and <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;

    private static FrozenDictionary<string, string> Read(Func<string[], bool> isWanted) =>
        CharacterData.Entries("html-entities").Where(isWanted).ToFrozenDictionary(
            entry => entry[0].TrimStart('^'), entry => CharacterData.Text(entry[1..]), StringComparer.Ordinal);
}
