namespace SixLabors.ImageSharp.Formats.Png.Chunks;

public readonly struct PngTextData : IEquatable<PngTextData>
{
    public PngTextData(string keyword, string value, string languageTag, string translatedKeyword)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(keyword);
        Keyword = keyword.Trim();
        (Value, LanguageTag, TranslatedKeyword) = (value, languageTag, translatedKeyword);
    }

    public string Keyword { get; }
    public string Value { get; }
    public string LanguageTag { get; }
    public string TranslatedKeyword { get; }

    public bool Equals(PngTextData other) =>
        Keyword.Equals(other.Keyword, StringComparison.OrdinalIgnoreCase)
        && Value.Equals(other.Value, StringComparison.OrdinalIgnoreCase)
        && LanguageTag.Equals(other.LanguageTag, StringComparison.OrdinalIgnoreCase)
        && TranslatedKeyword.Equals(other.TranslatedKeyword, StringComparison.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => obj is PngTextData other && Equals(other);
    public override int GetHashCode() => HashCode.Combine(Keyword, Value, LanguageTag, TranslatedKeyword);
}
