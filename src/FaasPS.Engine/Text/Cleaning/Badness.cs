using System.Buffers;
using System.Text;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>
/// Tells whether a text looks like mojibake: whether characters stand side by side that people hardly ever write so, but that UTF-8
/// turns into when it is read in a single-byte encoding. The verdict is that of ftfy 6.3.1's <c>badness.is_bad</c>.
/// </summary>
internal static class Badness
{
    private const MojibakeClass Accented = MojibakeClass.LowerAccented | MojibakeClass.UpperAccented;
    private const MojibakeClass Punctuation = MojibakeClass.StartPunctuation | MojibakeClass.EndPunctuation;
    private const MojibakeClass Symbol = MojibakeClass.Currency | MojibakeClass.Numeric | MojibakeClass.Law;
    private const MojibakeClass AsciiLetter = MojibakeClass.AsciiLower | MojibakeClass.AsciiUpper;

    private static readonly MojibakeClass[] ClassOf = Classify();

    /// <summary>The unlikely sequences, whatever comes before and after them. All are at least one non-ASCII character.</summary>
    private static readonly Slot[][] Unlikely =
    [
        [MojibakeClass.C1],
        [MojibakeClass.Bad | Accented | MojibakeClass.Box | Punctuation | Symbol, MojibakeClass.Bad],
        [MojibakeClass.Bad, Accented | MojibakeClass.Box | Punctuation | Symbol],
        [AsciiLetter, MojibakeClass.LowerCommon | MojibakeClass.UpperCommon, MojibakeClass.Bad],
        [MojibakeClass.LowerAccented | MojibakeClass.LowerCommon | MojibakeClass.Box | MojibakeClass.EndPunctuation | MojibakeClass.Currency
            | MojibakeClass.Numeric, MojibakeClass.UpperAccented],
        [MojibakeClass.Box | MojibakeClass.EndPunctuation | MojibakeClass.Currency | MojibakeClass.Numeric, MojibakeClass.LowerAccented],
        [MojibakeClass.LowerAccented | MojibakeClass.Box | MojibakeClass.EndPunctuation, MojibakeClass.Currency],
        [MojibakeClass.Space, MojibakeClass.UpperAccented, MojibakeClass.Currency],
        [MojibakeClass.UpperAccented | MojibakeClass.Box, MojibakeClass.Numeric | MojibakeClass.Law],
        [Accented | MojibakeClass.Box | MojibakeClass.Currency | MojibakeClass.EndPunctuation,
            MojibakeClass.StartPunctuation, MojibakeClass.Numeric],
        [Accented | MojibakeClass.Box | Symbol, MojibakeClass.EndPunctuation, MojibakeClass.StartPunctuation],
        [MojibakeClass.Currency | MojibakeClass.Numeric | MojibakeClass.Box, MojibakeClass.StartPunctuation],
        [MojibakeClass.AsciiLower, MojibakeClass.UpperAccented, MojibakeClass.StartPunctuation | MojibakeClass.Currency],
        [MojibakeClass.Box, MojibakeClass.Kaomoji | MojibakeClass.EndPunctuation],
        [Accented | Symbol | Punctuation, MojibakeClass.Box],
        [MojibakeClass.UpperAccented, "°"],
        // Windows-1252
        ["ÂÃÎÐ", new("€œŠš¢£Ÿž\u00A0\u00AD®©°·»–—´", Punctuation)],
        ["×", "²³"],
        ["ØÙ", ArabicSecond, "ØÙ", ArabicSecond],
        ["à", "²µ¹¼½¾"],
        ["Ã", "\u00A0¡"],
        [MojibakeClass.AsciiLower, "ÃÂ", " "],
        [MojibakeClass.AsciiLower, MojibakeClass.Space, "ÃÂ", " "],
        [new(".,?!", MojibakeClass.AsciiLower | MojibakeClass.EndPunctuation), "Â", new(" ", Punctuation)],
        // MacRoman
        ["√", "±∂†≠®™´≤≥¥µø"],
        ["≈", "°¢"],
        ["‚", "Ä", "ìîïòôúùû†°¢π"],
        ["‚", "âó", "àä°ê"],
        // Windows-1251, 1253 and 1257
        ["в", "Ђ"],
        ["ВГРС", new("°µ", MojibakeClass.C1 | MojibakeClass.Bad | Punctuation | MojibakeClass.Currency), "ВГРС"],
        ["β", "€", "™\u00A0Ά\u00AD®°"],
        ["ΒΓΞΟ", new("°", MojibakeClass.C1 | MojibakeClass.Bad | Punctuation | MojibakeClass.Currency), "ΒΓΞΟ"],
        ["ā", "€"],
    ];

    // Arabic letters follow one another, so its mojibake is asked for twice: each half alone may be meant.
    private static Slot ArabicSecond => new("ŸŠ®°µ»",
        MojibakeClass.Common | MojibakeClass.Currency | MojibakeClass.Bad | MojibakeClass.Numeric | MojibakeClass.StartPunctuation);

    public static bool IsBad(string text)
    {
        // No rule's first non-ASCII character is later than its third, so only what surrounds non-ASCII characters is looked at.
        for (var next = 0; text.AsSpan(next).IndexOfAnyExceptInRange('\0', '\x7F') is >= 0 and var ahead;)
        {
            var nonAscii = next + ahead;
            for (var start = Math.Max(next, nonAscii - 2); start <= nonAscii; start++)
                if (IsUnlikelyAt(text, start)) return true;
            next = nonAscii + 1;
        }
        return false;
    }

    private static bool IsUnlikelyAt(string text, int start)
    {
        var rest = text.AsSpan(start);
        foreach (var sequence in Unlikely)
            if (Matches(sequence, rest)) return true;

        if (start == 0 && Matches(["ÃÂ", " "], rest)) return true;
        // œ is a letter of French, where an unaccented letter follows it.
        if (rest[0] is 'Œ' or 'œ' && rest.Length > 1 && !char.IsAsciiLetter(rest[1])) return true;
        if (Matches([Accented, Punctuation], rest) && IsWordCharacter(rest[2..])) return true;
        return rest.StartsWith("ГўВЂВ", StringComparison.Ordinal) && IsAnyThenLatin(rest[5..]);
    }

    private static bool Matches(ReadOnlySpan<Slot> sequence, ReadOnlySpan<char> text)
    {
        if (text.Length < sequence.Length) return false;
        for (var i = 0; i < sequence.Length; i++)
            if ((sequence[i].Classes & ClassOf[text[i]]) == MojibakeClass.None
                && !sequence[i].Characters.Contains(text[i], StringComparison.Ordinal))
                return false;
        return true;
    }

    private static bool IsWordCharacter(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done
            && (Rune.IsLetter(rune) || Rune.IsNumber(rune) || rune.Value == '_');

    // Windows-1251 mojibake on top of Latin-1 mojibake: any one character, then a Latin letter or a space nearby.
    private static bool IsAnyThenLatin(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] == '\n') return false;
        _ = Rune.DecodeFromUtf16(text, out _, out var length);
        return text.Length > length && (char.IsAsciiLetter(text[length]) || text[length] == ' ');
    }

    private static MojibakeClass[] Classify()
    {
        var classes = new MojibakeClass[char.MaxValue + 1];
        foreach (var entry in CharacterData.Entries("mojibake-classes"))
            foreach (var code in CharacterData.Expand(entry[1..])) classes[code] |= Enum.Parse<MojibakeClass>(entry[0]);
        for (var letter = 'a'; letter <= 'z'; letter++)
        {
            classes[letter] |= MojibakeClass.AsciiLower;
            classes[char.ToUpperInvariant(letter)] |= MojibakeClass.AsciiUpper;
        }
        for (var code = 0; code < classes.Length; code++)
            if (PythonText.IsSpace((char)code)) classes[code] |= MojibakeClass.Space;
        return classes;
    }

    [Flags]
    private enum MojibakeClass
    {
        None = 0, Common = 1, C1 = 2, Bad = 4, Law = 8, Currency = 16, StartPunctuation = 32, EndPunctuation = 64, Numeric = 128,
        Kaomoji = 256, UpperAccented = 512, LowerAccented = 1024, UpperCommon = 2048, LowerCommon = 4096, Box = 8192,
        AsciiLower = 16384, AsciiUpper = 32768, Space = 65536,
    }

    /// <summary>One character of a sequence: any of these characters or of these classes.</summary>
    private readonly record struct Slot(string Characters, MojibakeClass Classes)
    {
        public static implicit operator Slot(MojibakeClass classes) => new("", classes);

        public static implicit operator Slot(string characters) => new(characters, MojibakeClass.None);
    }
}
