using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace FaasPS.Engine.Tests.Text;

/// <summary>Any UTF-16 at all, with a preference for what the text repair reacts to.</summary>
internal static class AwkwardStrings
{
    private const string Triggers = "&;#<amp;lt\x1b[m'’“ÃâÂ€œ™©\u00A0\u0085\u0301\u0327Σσİſßﬁ\uFF21\r\n\t \uD83D\uDE00\uFFFD?";

    public static Config Config { get; } = FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20240229, 77);

    public static Arbitrary<string> All { get; } = Gen.Frequency(
            (3, Gen.Elements(Triggers.ToCharArray())),
            (1, Gen.Choose(0, char.MaxValue).Select(code => (char)code)),
            (1, Gen.Choose(0, 0x24F).Select(code => (char)code)))
        .ArrayOf().Select(characters => new string(characters)).ToArbitrary();

    public static IEnumerable<JsonElement> ReadFixture(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Fixtures.Path("text", name)));
        foreach (var entry in document.RootElement.EnumerateArray()) yield return entry.Clone();
    }

    /// <summary>The entry's text, or its UTF-16 codes where it is not well-formed.</summary>
    public static string SourceText(JsonElement entry) =>
        entry.TryGetProperty("text", out var text)
            ? text.GetString()!
            : string.Concat(entry.GetProperty("utf16").GetString()!.Split(' ').Select(hex => (char)Convert.ToInt32(hex, 16)));
}
