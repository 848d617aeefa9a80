using System.Security.Cryptography;
using System.Text;
using FaasPS.Engine.Text;
using FaasPS.Engine.Text.Cleaning;
using FsCheck;
using FsCheck.Fluent;

namespace FaasPS.Engine.Tests.Text;

public class TextCleanerTests
{
    [Fact]
    public void Cleans_as_ftfy_and_open_clip()
    {
        var entries = AwkwardStrings.ReadFixture("cleaning.json").ToList();
        Assert.True(entries.Count > 300);
        Assert.All(entries, entry =>
            Assert.Equal(entry.GetProperty("clean").GetString(), TextCleaner.Clean(AwkwardStrings.SourceText(entry))));
    }

    [Fact]
    public void Unescapes_as_python_html()
    {
        var entries = AwkwardStrings.ReadFixture("unescape.json").ToList();
        Assert.True(entries.Count > 80);
        Assert.All(entries, entry =>
            Assert.Equal(entry.GetProperty("unescaped").GetString(), HtmlEntities.Unescape(entry.GetProperty("text").GetString()!)));
    }

    // SHA-256 over NFC(c), NFC(c + U+0327 + U+0301) and NFC(U+0061 + U+0301 + c), in UTF-8, for all characters c of these planes but
    // surrogates. Made by Python 3.11's unicodedata (Unicode 14.0) with the same loop.
    [Theory]
    [InlineData(0x00000, "2646E5B05E74A77C6BE5B1C10A626EA4580443D954D946D6F59735FFB984F285")]
    [InlineData(0x10000, "2A3B00E0C7F8F535B158BE89AA170753E806AFEC7A071741343D9B3FED6331C4")]
    [InlineData(0x20000, "EA5E05AD620C76EAE2ACFB58E419321055CD686A06330BC19E6E89728DEED61F")]
    public void Composes_as_python_unicodedata(int plane, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var code = plane; code < plane + 0x10000; code++)
        {
            if (code is >= 0xD800 and <= 0xDFFF) continue;
            var character = char.ConvertFromUtf32(code);
            foreach (var text in new[] { character, character + "\u0327\u0301", "a\u0301" + character })
                hash.AppendData(Encoding.UTF8.GetBytes(CanonicalComposition.Compose(text)));
        }
        Assert.Equal(expected, Convert.ToHexString(hash.GetHashAndReset()));
    }

    [Fact]
    public void Hangul_composes_and_stays()
    {
        for (var code = 0xAC00; code <= 0xD7A3; code++)
        {
            var syllable = ((char)code).ToString();
            Assert.Equal(syllable, CanonicalComposition.Compose(syllable));
        }
        Assert.Equal("각", CanonicalComposition.Compose("\u1100\u1161\u11A8"));
    }

    [Fact]
    public void A_less_than_sign_ends_the_unescaping_of_repair_for_all_later_lines()
    {
        Assert.Equal("é\n<\n&eacute;", TextRepair.Repair("&eacute;\n<\n&eacute;"));
    }

    [Fact]
    public void Segments_longer_than_a_million_characters_are_repaired_in_parts()
    {
        // As ftfy 6.3.1: in one part Ã© is é, but not where the millionth character is the Ã.
        static string Emoji(int count) => string.Concat(Enumerable.Repeat("😀", count));
        Assert.Equal("😀é", TextRepair.Repair(Emoji(1_000_000) + "Ã©")[^3..]);
        Assert.Equal("😀Ã©", TextRepair.Repair(Emoji(999_999) + "Ã©")[^4..]);
    }

    [Fact]
    public void Cleaned_text_is_well_formed_lower_case_without_double_spaces() =>
        Prop.ForAll(AwkwardStrings.All, text =>
        {
            var cleaned = TextCleaner.Clean(text);
            return cleaned == cleaned.Trim() && !cleaned.Contains("  ", StringComparison.Ordinal) && PythonText.Lower(cleaned) == cleaned
                && cleaned.EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == cleaned.Length
                && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cleaned)) == cleaned;
        }).Check(AwkwardStrings.Config);

    [Fact]
    public void Repairing_twice_changes_nothing_more() =>
        Prop.ForAll(AwkwardStrings.All, text =>
        {
            // Lines are repaired one by one, and a "<" that the repair itself brings about would stop the second from unescaping.
            var repaired = TextRepair.Repair(text.Replace("\n", "", StringComparison.Ordinal));
            return repaired.Contains('\n', StringComparison.Ordinal) || TextRepair.Repair(repaired) == repaired;
        }).Check(AwkwardStrings.Config);

    [Fact]
    public void Null_is_refused() => Assert.Throws<ArgumentNullException>(() => TextCleaner.Clean(null!));
}
