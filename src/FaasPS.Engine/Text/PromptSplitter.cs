using System.Text;

namespace FaasPS.Engine.Text;

/// <summary>
/// Splits cleaned text into the words that byte pairs are merged in, as OpenCLIP's regular expression does:
/// <c>&lt;start_of_text&gt;|&lt;end_of_text&gt;|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>, case ignored.
/// </summary>
/// <remarks>Letters and numbers are those of the .NET runtime's Unicode version, whatever culture or ICU there is.</remarks>
internal static class PromptSplitter
{
    public const string StartOfText = "<start_of_text>";
    public const string EndOfText = "<end_of_text>";

    private static readonly string[] Whole = [StartOfText, EndOfText, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind { Skipped, Letter, Number, Other }

    public static IEnumerable<string> Split(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var length = WholeLength(text, i);
            if (length == 0)
            {
                var kind = KindAt(text, i, out length);
                // Digits stand alone; letters, and whatever else there is, run on.
                while (kind is Kind.Letter or Kind.Other && i + length < text.Length && KindAt(text, i + length, out var next) == kind)
                    length += next;
                if (kind == Kind.Skipped)
                {
                    i += length;
                    continue;
                }
            }
            yield return text.Substring(i, length);
            i += length;
        }
    }

    private static int WholeLength(string text, int start)
    {
        if (text[start] is not ('<' or '\'')) return 0;
        foreach (var word in Whole)
            if (StartsWith(text.AsSpan(start), word)) return word.Length;
        return 0;
    }

    // The text is in lower case, but the long s is a lower-case letter too and folds to s.
    private static bool StartsWith(ReadOnlySpan<char> text, string word)
    {
        if (text.Length < word.Length) return false;
        for (var i = 0; i < word.Length; i++)
            if (text[i] != word[i] && !(word[i] == 's' && text[i] == 'ſ')) return false;
        return true;
    }

    private static Kind KindAt(string text, int index, out int length)
    {
        _ = Rune.DecodeFromUtf16(text.AsSpan(index), out var rune, out length);
        // U+0345 is a mark whose case folding is a letter: ignoring case, the expression
        // takes it for neither and skips it like white space.
        if (Rune.IsWhiteSpace(rune) || rune.Value == 0x345) return Kind.Skipped;
        if (Rune.IsLetter(rune)) return Kind.Letter;
        return Rune.IsNumber(rune) ? Kind.Number : Kind.Other;
    }
}
