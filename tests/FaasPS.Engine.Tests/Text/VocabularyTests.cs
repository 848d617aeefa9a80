using System.IO.Compression;
using System.Text;
using FaasPS.Engine.Text;

namespace FaasPS.Engine.Tests.Text;

public sealed class VocabularyTests : IDisposable
{
    private static readonly string DemoMerges = Fixtures.Path("tiny", "tokenizer", "merges.txt");

    private readonly string _folder = Directory.CreateTempSubdirectory("faasps-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("merges.txt", false)]
    [InlineData("tokenizer/merges.txt", false)]
    [InlineData("bpe_simple_vocab_16e6.txt", false)]
    [InlineData("bpe_simple_vocab_16e6.txt.gz", true)]
    [InlineData("tokenizer/bpe_simple_vocab_16e6.txt.gz", true)]
    public void Reads_every_form_from_its_folder_and_by_its_path(string name, bool isGzip)
    {
        var path = Write(name, File.ReadAllBytes(DemoMerges), isGzip);
        Assert.Equal(Path.GetFullPath(path), Path.GetFullPath(ClipTokenizer.Find(_folder)!));
        var expected = ClipTokenizer.Load(DemoMerges).Tokenize("a photo of a mountain").Ids;
        Assert.Equal(expected, ClipTokenizer.Load(_folder).Tokenize("a photo of a mountain").Ids);
        Assert.Equal(expected, ClipTokenizer.Load(path).Tokenize("a photo of a mountain").Ids);
    }

    [Fact]
    public void Windows_line_ends_and_blank_lines_at_the_end_do_no_harm()
    {
        var path = Write("merges.txt", "#version: 0.2\r\ni n\r\nin g</w>\r\n\r\n\n");
        var tokenizer = ClipTokenizer.Load(path);
        Assert.Equal(516, tokenizer.VocabularySize);
        Assert.Equal([514, 513, 515], tokenizer.Tokenize("ing").Ids.Take(3));
    }

    [Fact]
    public void A_vocabulary_without_merges_has_the_bytes()
    {
        var tokenizer = ClipTokenizer.Load(Write("merges.txt", "#version: 0.2\n"));
        Assert.Equal(514, tokenizer.VocabularySize);
        // '!' is the first printable byte, 256 more at the end of a word.
        Assert.Equal([512, 0, 256, 513], tokenizer.Tokenize("!!").Ids.Take(4));
    }

    [Fact]
    public void Merges_beyond_clips_number_are_ignored()
    {
        // Two-letter tokens of all 256 bytes: 65,536 merges, of which CLIP's vocabulary has room for 48,894.
        var letters = Enumerable.Range(0, 256).Select(ByteName).ToList();
        var lines = letters.SelectMany(_ => letters, (left, right) => $"{left} {right}");
        var tokenizer = ClipTokenizer.Load(Write("merges.txt", "#version: 0.2\n" + string.Join('\n', lines)));
        Assert.Equal(49408, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData("i n\nt h\n", 1, "#version")]
    [InlineData("", 1, "#version")]
    [InlineData("#version: 0.2\ni n\nth\n", 3, "two tokens")]
    [InlineData("#version: 0.2\ni n x\n", 2, "two tokens")]
    [InlineData("#version: 0.2\ni n\n\nt h\n", 3, "two tokens")]
    [InlineData("#version: 0.2\nin g</w>\n", 2, "'in' is not made")]
    [InlineData("#version: 0.2\ni ng</w>\n", 2, "'ng</w>' is not made")]
    [InlineData("#version: 0.2\ni n\ni n\n", 3, "already")]
    [InlineData("#version: 0.2\ni</w> n\n", 2, "inside a word")]
    public void A_malformed_line_is_named(string content, int line, string problem)
    {
        var path = Write("merges.txt", content);
        var error = Assert.Throws<TokenizerException>(() => ClipTokenizer.Load(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"line {line}:"), error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_text_are_refused()
    {
        AssertUnreadable(Write("latin1.txt", [(byte)'#', 0xE9, 0xFF]));
        AssertUnreadable(Write("cut.gz", File.ReadAllBytes(Write("whole.gz", File.ReadAllBytes(DemoMerges), isGzip: true))[..100]));
        AssertUnreadable(Write("wrong.gz", [0x1F, 0x8B, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]));
        AssertUnreadable(Write("bomb.gz", new byte[40 << 20], isGzip: true));
    }

    [Fact]
    public void A_missing_vocabulary_says_where_it_was_looked_for_and_how_to_get_it()
    {
        var user = Path.Combine(_folder, "user");
        var error = Assert.Throws<TokenizerException>(() => VocabularyLocator.Locate(null, _folder, user));
        foreach (var expected in new[] { _folder, user, "merges.txt", "bpe_simple_vocab_16e6.txt.gz", "build/fetch-vocabulary.sh" })
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Null(ClipTokenizer.Find(_folder));
        Assert.Throws<TokenizerException>(() => ClipTokenizer.Load(Path.Combine(_folder, "absent.txt")));
    }

    [Fact]
    public void The_given_path_goes_before_the_models_folder_and_that_before_the_users()
    {
        string given = Write("given.txt", "#version"),
            model = Write("model/tokenizer/merges.txt", "#version"), user = Write("user/merges.txt", "#version");
        string modelFolder = Path.Combine(_folder, "model"), userFolder = Path.Combine(_folder, "user");
        Assert.Equal(given, VocabularyLocator.Locate(given, modelFolder, userFolder));
        Assert.Equal(model, VocabularyLocator.Locate(null, modelFolder, userFolder));
        Assert.Equal(user, VocabularyLocator.Locate(null, Path.Combine(_folder, "none"), userFolder));
        Assert.Equal(user, VocabularyLocator.Locate(null, null, userFolder));
        // What the user asked for and is not there is an error, not a reason to take something else.
        Assert.Throws<TokenizerException>(() => VocabularyLocator.Locate(Path.Combine(_folder, "none"), modelFolder, userFolder));
    }

    private void AssertUnreadable(string path)
    {
        var error = Assert.Throws<TokenizerException>(() => ClipTokenizer.Load(path));
        Assert.Contains($"'{path}' cannot be read", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
    }

    private string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    private string Write(string name, byte[] content, bool isGzip = false)
    {
        var path = Path.Combine([_folder, .. name.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using Stream stream = isGzip ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
        return path;
    }

    // As bytes_to_unicode in open_clip/tokenizer.py: printable bytes as themselves, the others as U+0100 and on.
    private static char ByteName(int value)
    {
        static bool IsPrintable(int code) => code is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return (char)(IsPrintable(value) ? value : 256 + Enumerable.Range(0, value).Count(code => !IsPrintable(code)));
    }
}
