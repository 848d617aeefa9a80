using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace FaasPS.Engine.Text;

/// <summary>
/// CLIP's tokens: the 256 bytes, the 256 bytes that end a word, the merges in the order in which they were learnt, start and end of text.
/// In files a byte is written as a printable character (open_clip/tokenizer.py, bytes_to_unicode) and the end of a word as "&lt;/w&gt;".
/// </summary>
internal sealed class BytePairVocabulary
{
    private const string EndOfWord = "</w>";
    private const int FirstMerge = 512;
    private const int MostMerges = 49152 - 256 - 2;   // OpenCLIP ignores what follows in the file
    private const int LargestFile = 16 << 20;         // decompressed; the published one has 3.1 MB

    private static readonly byte[] BytesInOrder =
        [.. Enumerable.Range(0, 256).OrderBy(value => IsPrintable(value) ? 0 : 1).ThenBy(value => value).Select(value => (byte)value)];

    private readonly Dictionary<(int Left, int Right), int> _merges;
    private readonly byte[][] _bytes; // what each token stands for, without start and end
    private readonly bool[] _endsWord;

    private BytePairVocabulary(Dictionary<(int Left, int Right), int> merges, List<(int Left, int Right)> pairs)
    {
        _merges = merges;
        _bytes = new byte[FirstMerge + pairs.Count][];
        for (var token = 0; token < FirstMerge; token++) _bytes[token] = [BytesInOrder[token % 256]];
        for (var i = 0; i < pairs.Count; i++) _bytes[FirstMerge + i] = [.. _bytes[pairs[i].Left], .. _bytes[pairs[i].Right]];
        _endsWord = new bool[_bytes.Length];
        for (var token = 256; token < _bytes.Length; token++)
            _endsWord[token] = token < FirstMerge || _endsWord[pairs[token - FirstMerge].Right];
        var tokenOf = new int[256];
        for (var token = 0; token < 256; token++) tokenOf[BytesInOrder[token]] = token;
        TokenOfByte = tokenOf;
    }

    public int Size => _bytes.Length + 2;

    public int StartToken => _bytes.Length;

    public int EndToken => _bytes.Length + 1;

    /// <summary>A byte's token inside a word; 256 more where it ends one.</summary>
    public IReadOnlyList<int> TokenOfByte { get; }

    public static int AtEndOfWord(int byteToken) => byteToken + 256;

    /// <summary>The token that two neighbours merge into; a smaller one was learnt earlier and goes first.</summary>
    public bool TryMerge(int left, int right, out int merged) => _merges.TryGetValue((left, right), out merged);

    public ReadOnlySpan<byte> Bytes(int token) => _bytes[token];

    public bool EndsWord(int token) => _endsWord[token];

    public static BytePairVocabulary Read(string path)
    {
        string[] lines;
        try
        {
            lines = ReadText(path).Split('\n', MostMerges + 2); // the first line, the merges, the rest
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or DecoderFallbackException)
        {
            throw new TokenizerException(
                $"The tokenizer vocabulary '{path}' cannot be read: {e.Message} Use a merges.txt or bpe_simple_vocab_16e6.txt[.gz].", e);
        }
        return Parse(lines, path);
    }

    private static string ReadText(string path)
    {
        using var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        using Stream content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;

        var buffer = new MemoryStream();
        var chunk = new byte[1 << 16];
        while (content.Read(chunk) is > 0 and var count)
        {
            buffer.Write(chunk, 0, count);
            if (buffer.Length > LargestFile) throw new InvalidDataException($"It holds more than {LargestFile >> 20} MB.");
        }
        // GZipStream takes a file that was cut for one that ends; its last four bytes are the length of the content.
        if (isGzip && LastInteger(file) != buffer.Length) throw new InvalidDataException("It is cut off.");
        return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)
            .GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static uint LastInteger(FileStream file)
    {
        Span<byte> last = stackalloc byte[sizeof(uint)];
        file.Seek(-sizeof(uint), SeekOrigin.End);
        file.ReadExactly(last);
        return BinaryPrimitives.ReadUInt32LittleEndian(last);
    }

    private static BytePairVocabulary Parse(string[] lines, string path)
    {
        if (!lines[0].Contains("#version", StringComparison.Ordinal))
            throw Malformed(path, 1, $"'{Shorten(lines[0])}' is not the line '#version: ...' that merges begin with");
        var last = lines.Length;
        while (last > 1 && string.IsNullOrWhiteSpace(lines[last - 1])) last--;

        var tokens = ByteTokens();
        var merges = new Dictionary<(int Left, int Right), int>();
        var pairs = new List<(int Left, int Right)>();
        for (var i = 1; i < last && pairs.Count < MostMerges; i++)
        {
            var parts = lines[i].TrimEnd('\r').Split(' ');
            if (parts.Length != 2) throw Malformed(path, i + 1, $"'{Shorten(lines[i])}' is not two tokens with a space between");
            // Merges build on one another: an unknown part or a token made twice means that lines are lost, out of order or foreign.
            if (!tokens.TryGetValue(parts[0], out var left))
                throw Malformed(path, i + 1, $"'{Shorten(parts[0])}' is not made by any line above");
            if (!tokens.TryGetValue(parts[1], out var right))
                throw Malformed(path, i + 1, $"'{Shorten(parts[1])}' is not made by any line above");
            var merged = FirstMerge + pairs.Count;
            if (parts[0].EndsWith(EndOfWord, StringComparison.Ordinal) || !tokens.TryAdd(parts[0] + parts[1], merged))
                throw Malformed(path, i + 1, $"'{Shorten(lines[i])}' makes a token that is there already or that ends inside a word");
            merges.Add((left, right), merged);
            pairs.Add((left, right));
        }
        return new BytePairVocabulary(merges, pairs);
    }

    private static Dictionary<string, int> ByteTokens()
    {
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var token = 0; token < 256; token++)
        {
            // Bytes that are no visible characters are written as U+0100 and on.
            var value = BytesInOrder[token];
            var name = ((char)(IsPrintable(value) ? value : 256 + token - BytesInOrder.Count(IsPrintable))).ToString();
            tokens.Add(name, token);
            tokens.Add(name + EndOfWord, AtEndOfWord(token));
        }
        return tokens;
    }

    private static bool IsPrintable(int value) => value is (>= '!' and <= '~') or (>= '¡' and <= '¬') or (>= '®' and <= 'ÿ');

    private static bool IsPrintable(byte value) => IsPrintable((int)value);

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static TokenizerException Malformed(string path, int line, string problem) =>
        new($"The tokenizer vocabulary '{path}' is malformed: line {line.ToString(CultureInfo.InvariantCulture)}: {problem}. "
            + "Fetch it again, or give another one.");
}
