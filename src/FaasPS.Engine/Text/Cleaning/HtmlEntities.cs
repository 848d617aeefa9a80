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

    /// <summary>html.unescape: numeric references, names, and the longest name that what follows begins with.</summary>
    public static string Unescape(string text) => Replace(text, (string from, int start, out string value) =>
    {
        var length = NumericLength(from, start);
        if (length > 0)
        {
            value = NumericValue(from.AsSpan(start, length));
            return length;
        }
        for (length = Math.Min(LongestName, NameRun(from, start + 1)); length >= 2; length--)
            if (Names.TryGetValue(from.Substring(start + 1, length), out value!)) return length + 1;
        value = "";
        return 0;
    });

    /// <summary>ftfy's unescape_html: only what ends in a semicolon, so that "this&amp;not that" stays as it is.</summary>
    public static string UnescapeStrict(string text) => Replace(text, (string from, int start, out string value) =>
    {
        value = "";
        var isNumber = start + 1 < from.Length && from[start + 1] == '#';
        var name = start + (isNumber ? 2 : 1);
        var end = name;
        while (end < from.Length && end - name <= LongestStrictName && char.IsAsciiLetterOrDigit(from[end])) end++;
        if (end == name || end - name > LongestStrictName || end == from.Length || from[end] != ';') return 0;
        end++;

        if (!isNumber) return StrictNames.TryGetValue(from[name..end], out value!) ? end - start : 0;
        // The reference of the semicolon itself stays: ftfy takes a semicolon in the result for one that was not consumed.
        if (NumericLength(from, start) != end - start) return 0;
        value = NumericValue(from.AsSpan(start, end - start));
        return value == ";" ? 0 : end - start;
    });

    private delegate int Reference(string text, int ampersand, out string value);

    private static string Replace(string text, Reference reference)
    {
        var ampersand = text.IndexOf('&', StringComparison.Ordinal);
        if (ampersand < 0) return text;
        var result = new StringBuilder(text.Length);
        var copied = 0;
        while (ampersand >= 0)
        {
            var length = reference(text, ampersand, out var value);
            if (length > 0)
            {
                result.Append(text, copied, ampersand - copied).Append(value);
                copied = ampersand + length;
            }
            ampersand = text.IndexOf('&', ampersand + Math.Max(length, 1));
        }
        return copied == 0 ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The length of <c>&amp;#123;</c> or <c>&amp;#x1F;</c> at the ampersand, semicolon included where there is one; 0 when there is none.</summary>
    private static int NumericLength(string text, int ampersand)
    {
        var digits = ampersand + 2;
        if (digits >= text.Length || text[ampersand + 1] != '#') return 0;
        var isHex = text[digits] is 'x' or 'X';
        if (isHex) digits++;
        var end = digits;
        while (end < text.Length && (isHex ? char.IsAsciiHexDigit(text[end]) : char.IsAsciiDigit(text[end]))) end++;
        if (end == digits) return 0;
        return (end < text.Length && text[end] == ';' ? end + 1 : end) - ampersand;
    }

    private static string NumericValue(ReadOnlySpan<char> reference)
    {
        var isHex = reference[2] is 'x' or 'X';
        var code = 0;
        foreach (var digit in reference[(isHex ? 3 : 2)..].TrimEnd(';'))
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

    // Names are of ASCII letters and digits, some with a semicolon at the end.
    private static int NameRun(string text, int start)
    {
        var end = start;
        while (end < text.Length && end - start < LongestName && char.IsAsciiLetterOrDigit(text[end])) end++;
        return end - start + (end < text.Length && text[end] == ';' ? 1 : 0);
    }

    private static FrozenDictionary<string, string> Read(Func<string[], bool> isWanted) =>
        CharacterData.Entries("html-entities").Where(isWanted).ToFrozenDictionary(
            entry => entry[0].TrimStart('^'), entry => CharacterData.Text(entry[1..]), StringComparer.Ordinal);
}
