using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FaasPS.Engine.Text;
using FsCheck;
using FsCheck.Fluent;

namespace FaasPS.Engine.Tests.Text;

public class ClipTokenizerTests
{
    private static readonly ClipTokenizer Demo = ClipTokenizer.Load(Fixtures.Path("tiny"));

    [Fact]
    public void The_demo_vocabulary_has_600_tokens()
    {
        Assert.Equal((600, 598, 599, 77), (Demo.VocabularySize, Demo.StartToken, Demo.EndToken, Demo.ContextLength));
    }

    [Fact]
    public void Ids_are_open_clips_on_awkward_strings()
    {
        Assert.All(AwkwardStrings.ReadFixture("cleaning.json"), entry =>
        {
            int[] expected = [Demo.StartToken, .. Ids(entry), Demo.EndToken];
            AssertTokens(expected, Demo.Tokenize(AwkwardStrings.SourceText(entry)), Demo.EndToken);
        });
    }

    [FullVocabularyFact]
    public void Ids_are_open_clips_on_the_golden_prompts()
    {
        var tokenizer = ClipTokenizer.Load(VocabularyLocator.UserFolder);
        Assert.Equal((49408, 49406, 49407), (tokenizer.VocabularySize, tokenizer.StartToken, tokenizer.EndToken));
        var entries = AwkwardStrings.ReadFixture("tokenizer.json").ToList();
        Assert.Equal(100, entries.Count);
        Assert.All(entries, entry =>
        {
            var result = tokenizer.Tokenize(entry.GetProperty("prompt").GetString()!);
            Assert.Equal(Ids(entry), result.Ids.Take(result.Length));
            Assert.All(result.Ids.Skip(result.Length), id => Assert.Equal(0, id));
            Assert.Equal(entry.GetProperty("truncated").GetBoolean(), result.Truncated);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t\u3000")]
    [InlineData("\u0000\uFEFF")]
    public void An_empty_prompt_is_start_and_end(string prompt)
    {
        var result = Demo.Tokenize(prompt);
        Assert.Equal([598, 599, .. new int[75]], result.Ids);
        Assert.Equal((2, 2, false), (result.Length, result.TokenCount, result.Truncated));
    }

    [Theory]
    [InlineData(75, false)]
    [InlineData(76, true)]
    [InlineData(10_000, true)]
    public void What_exceeds_77_tokens_is_cut_and_ends_with_the_end_token(int digits, bool truncated)
    {
        var result = Demo.Tokenize(string.Join(' ', Enumerable.Repeat("7", digits)));
        Assert.Equal((77, digits + 2, truncated), (result.Length, result.TokenCount, result.Truncated));
        Assert.Equal((598, 599), (result.Ids[0], result.Ids[76]));
        Assert.Single(result.Ids.Skip(1).Take(75).Distinct());
    }

    [Fact]
    public void Names_of_special_tokens_in_a_prompt_are_the_tokens()
    {
        Assert.Equal([598, 598, 599, 599], Demo.Tokenize("<start_of_text><END_OF_TEXT>").Ids.Take(4));
    }

    [Fact]
    public void Any_string_gives_77_ids_within_the_vocabulary_and_its_own_text_back() =>
        Prop.ForAll(AwkwardStrings.All, text =>
        {
            var result = Demo.Tokenize(text);
            if (result.Ids.Length != 77 || result.Length is < 2 or > 77 || result.Ids.Any(id => id is < 0 or > 599)) return false;
            if (result.Ids[0] != 598 || result.Ids[result.Length - 1] != 599
                || result.Ids.Skip(result.Length).Any(id => id != 0))
                return false;
            if (result.Truncated) return true;

            // U+0345 is dropped by OpenCLIP's expression; spaces stand after every word.
            var cleaned = TextCleaner.Clean(text).Replace("\u0345", "", StringComparison.Ordinal);
            return Squeeze(Demo.Decode(result.Ids.Skip(1).Take(result.Length - 2))) == Squeeze(cleaned);
        }).Check(AwkwardStrings.Config);

    // Milliseconds each on one core; the bound only tells linear from quadratic.
    [Theory]
    [InlineData("a")]
    [InlineData("abcdefghij")]
    [InlineData("word ")]
    [InlineData("é日😀")]
    [InlineData("â€œ日")]
    [InlineData("&amp;")]
    [InlineData("amp;")]
    [InlineData("<'")]
    [InlineData("Σ'")]
    [InlineData("\u0301\u0323")]
    [InlineData("\u001b[1;")]
    [InlineData("\n")]
    public void A_hundred_thousand_characters_take_seconds_at_most(string part)
    {
        var prompt = "é日&" + string.Concat(Enumerable.Repeat(part, 100_000 / part.Length));
        var watch = Stopwatch.StartNew();
        Demo.Tokenize(prompt);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task One_instance_serves_all_threads()
    {
        var prompts = AwkwardStrings.ReadFixture("cleaning.json").Select(AwkwardStrings.SourceText).ToList();
        var expected = prompts.ConvertAll(prompt => string.Join(',', Demo.Tokenize(prompt).Ids));
        var runs = Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => prompts.ConvertAll(prompt => string.Join(',', Demo.Tokenize(prompt).Ids))));
        Assert.All(await Task.WhenAll(runs), run => Assert.Equal(expected, run));
    }

    private static void AssertTokens(int[] expected, TokenizedPrompt actual, int endToken)
    {
        Assert.Equal(expected.Length, actual.TokenCount);
        Assert.Equal(Math.Min(expected.Length, 77), actual.Length);
        Assert.Equal(expected.Length > 77, actual.Truncated);
        int[] kept = expected.Length > 77 ? [.. expected.Take(76), endToken] : expected;
        Assert.Equal([.. kept, .. new int[77 - kept.Length]], actual.Ids);
    }

    private static IEnumerable<int> Ids(JsonElement entry) => entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32());

    private static string Squeeze(string text) => new StringBuilder(text).Replace(" ", "").ToString();
}
