using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>
/// Unicode normalization form C (UAX #15). string.Normalize leaves all text as it is under InvariantGlobalization, and otherwise depends
/// on the machine's ICU; equal prompts have to give equal ids everywhere.
/// </summary>
internal static class CanonicalComposition
{
    // Hangul syllables are computed: Unicode section 3.12.
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    private static readonly FrozenDictionary<int, int[]> Decompositions =
        Entries("pair", "only").ToFrozenDictionary(
            entry => CharacterData.CodePoint(entry[1]), entry => entry[2..].Select(CharacterData.CodePoint).ToArray());

    private static readonly FrozenDictionary<(int First, int Second), int> Compositions =
        Entries("pair").ToFrozenDictionary(
            entry => (CharacterData.CodePoint(entry[2]), CharacterData.CodePoint(entry[3])),
            entry => CharacterData.CodePoint(entry[1]));

    private static readonly FrozenDictionary<int, byte> CombiningClasses =
        Entries("class")
            .SelectMany(entry => CharacterData.Expand(entry[2..])
                .Select(code => (code, value: byte.Parse(entry[1], CultureInfo.InvariantCulture))))
            .ToFrozenDictionary(x => x.code, x => x.value);

    // Text without these (and without surrogates, which stand for all others) is composed already.
    private static readonly SearchValues<char> MayChange = SearchValues.Create(
    [
        .. Decompositions.Keys.Concat(Compositions.Keys.Select(pair => pair.Second)).Concat(CombiningClasses.Keys)
            .Concat(Enumerable.Range(LeadBase, 0x100)).Concat(Enumerable.Range(0xD800, 0x800))
            .Where(code => code <= char.MaxValue).Distinct().Select(code => (char)code),
    ]);

    /// <param name="text">Well-formed UTF-16.</param>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAny(MayChange)) return text;
        var codes = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, codes);
        Reorder(codes);
        ComposePairs(codes);

        var result = new StringBuilder(codes.Count);
        foreach (var code in codes) result.Append(new Rune(code));
        return result.ToString();
    }

    private static void Decompose(int code, List<int> codes)
    {
        if (code is >= SyllableBase and < SyllableBase + SyllableCount)
        {
            var syllable = code - SyllableBase;
            codes.Add(LeadBase + syllable / (VowelCount * TrailCount));
            codes.Add(VowelBase + syllable / TrailCount % VowelCount);
            if (syllable % TrailCount > 0) codes.Add(TrailBase + syllable % TrailCount);
        }
        else if (Decompositions.TryGetValue(code, out var parts))
        {
            foreach (var part in parts) Decompose(part, codes);
        }
        else
        {
            codes.Add(code);
        }
    }

    private static byte CombiningClass(int code) => CombiningClasses.GetValueOrDefault(code);

    // Each run of combining characters is sorted by class, stably.
    private static void Reorder(List<int> codes)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            var end = start;
            while (end < codes.Count && CombiningClass(codes[end]) > 0) end++;
            if (end - start > 1)
            {
                var sorted = codes.GetRange(start, end - start).OrderBy(CombiningClass).ToList();
                for (var i = 0; i < sorted.Count; i++) codes[start + i] = sorted[i];
            }
            start = end;
        }
    }

    // Each character joins the last starter unless one between them has no lower class.
    private static void ComposePairs(List<int> codes)
    {
        int length = 0, starter = -1;
        byte lastClass = 0;
        for (var i = 0; i < codes.Count; i++)
        {
            var code = codes[i];
            var combiningClass = CombiningClass(code);
            var isBlocked = length - 1 > starter && lastClass >= combiningClass;
            if (starter >= 0 && !isBlocked && Compose(codes[starter], code) is { } composed)
            {
                codes[starter] = composed;
                continue;
            }
            if (combiningClass == 0) starter = length;
            lastClass = combiningClass;
            codes[length++] = code;
        }
        codes.RemoveRange(length, codes.Count - length);
    }

    private static int? Compose(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
            return SyllableBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TrailCount;
        if (first is >= SyllableBase and < SyllableBase + SyllableCount && (first - SyllableBase) % TrailCount == 0
            && second is > TrailBase and < TrailBase + TrailCount) return first + second - TrailBase;
        return Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static IEnumerable<string[]> Entries(params string[] kinds) =>
        CharacterData.Entries("normalization").Where(entry => kinds.Contains(entry[0], StringComparer.Ordinal));
}
