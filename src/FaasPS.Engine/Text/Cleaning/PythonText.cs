using System.Globalization;
using System.Text;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>Python's str methods where .NET's differ: white space and full lower-casing, the same on every culture and host.</summary>
internal static class PythonText
{
    /// <summary>str.isspace: .NET's white space and the four information separators.</summary>
    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\x1C' and <= '\x1F';

    /// <summary><c>" ".join(text.split())</c>: runs of white space become one space, none at the ends.</summary>
    public static string CollapseWhiteSpace(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (IsSpace(text[i])) continue;
            if (result.Length > 0 && IsSpace(text[i - 1])) result.Append(' ');
            result.Append(text[i]);
        }
        return result.ToString();
    }

    /// <summary>
    /// str.lower: the simple mappings and the two that need more, U+0130 (becomes two characters) and capital sigma (another letter
    /// at the end of a word; Unicode section 3.13, Final_Sigma).
    /// </summary>
    public static string Lower(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\0', '\x7F')) return text.ToLowerInvariant();
        var result = new StringBuilder(text.Length);
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 'İ') result.Append("i\u0307");
            else if (rune.Value == 'Σ') result.Append(IsFinal(text, index) ? 'ς' : 'σ');
            else result.Append(Rune.ToLowerInvariant(rune));
            index += rune.Utf16SequenceLength;
        }
        return result.ToString();
    }

    private static bool IsFinal(string text, int sigma)
    {
        var before = sigma;
        Rune rune = default;
        while (before > 0)
        {
            _ = Rune.DecodeLastFromUtf16(text.AsSpan(0, before), out rune, out var length);
            before -= length;
            if (!IsCaseIgnorable(rune)) break;
        }
        if (!IsCased(rune) || IsCaseIgnorable(rune)) return false;

        foreach (var following in text.AsSpan(sigma + 1).EnumerateRunes())
            if (!IsCaseIgnorable(following)) return !IsCased(following);
        return true;
    }

    // Unicode's Case_Ignorable: marks, format characters, modifiers, and the Word_Break classes of apostrophes, colons and full stops.
    private static bool IsCaseIgnorable(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
        || rune.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52
            or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A;

    // Unicode's Cased: letters with case, and the Other_Uppercase and Other_Lowercase that are not case-ignorable.
    private static bool IsCased(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter
        || rune.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149)
            or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);
}
