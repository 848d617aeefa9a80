using System.Text;

namespace FaasPS.Engine.Text;

/// <summary>
/// Turns prompts into CLIP's token ids, the same that OpenCLIP's SimpleTokenizer gives. Immutable, so one instance serves all threads.
/// Source: open_clip/tokenizer.py; Radford et al. 2021.
/// </summary>
public sealed class ClipTokenizer
{
    private readonly BytePairVocabulary _vocabulary;

    private ClipTokenizer(BytePairVocabulary vocabulary) => _vocabulary = vocabulary;

    /// <summary>Tokens a text encoder takes at once, start and end included.</summary>
    public int ContextLength => 77;

    /// <summary>514 and the number of merges: 49,408 for CLIP, fewer for small models.</summary>
    public int VocabularySize => _vocabulary.Size;

    public int StartToken => _vocabulary.StartToken;

    public int EndToken => _vocabulary.EndToken;

    /// <summary>The vocabulary file that <see cref="Load"/> would take from this folder, or null.</summary>
    public static string? Find(string folder) => VocabularyLocator.Find(folder);

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path">A merges.txt or bpe_simple_vocab_16e6.txt, gzipped or not, or a folder that holds one,
    /// itself or in a folder tokenizer.</param>
    /// <exception cref="TokenizerException">There is none, or it is malformed.</exception>
    public static ClipTokenizer Load(string path) => new(BytePairVocabulary.Read(VocabularyLocator.Locate(path, modelFolder: null)));

    /// <summary>The prompt's ids; never throws, whatever the text holds.</summary>
    public TokenizedPrompt Tokenize(string prompt)
    {
        List<int> tokens = [StartToken, .. Encode(TextCleaner.Clean(prompt)), EndToken];
        var length = Math.Min(tokens.Count, ContextLength);
        var ids = new int[ContextLength];
        tokens.CopyTo(0, ids, 0, length);
        ids[length - 1] = EndToken; // also where the text is cut
        return new TokenizedPrompt(ids, length, tokens.Count);
    }

    /// <summary>The text that ids stand for; each end of a word gives a space, start and end tokens and padding must be left out.</summary>
    public string Decode(IEnumerable<int> ids)
    {
        var bytes = new List<byte>();
        foreach (var id in ids)
        {
            bytes.AddRange(_vocabulary.Bytes(id));
            if (_vocabulary.EndsWord(id)) bytes.Add((byte)' ');
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private List<int> Encode(string text)
    {
        var tokens = new List<int>();
        var known = new Dictionary<string, (int Start, int Count)>(StringComparer.Ordinal); // where a word's tokens already are
        foreach (var word in PromptSplitter.Split(text))
        {
            // OpenCLIP takes the special tokens' names in a prompt for the tokens themselves.
            if (word == PromptSplitter.StartOfText) tokens.Add(StartToken);
            else if (word == PromptSplitter.EndOfText) tokens.Add(EndToken);
            else if (known.TryGetValue(word, out var earlier)) tokens.AddRange(tokens.GetRange(earlier.Start, earlier.Count));
            else
            {
                var start = tokens.Count;
                BytePairEncoder.Encode(_vocabulary, word, tokens);
                known.Add(word, (start, tokens.Count - start));
            }
        }
        return tokens;
    }
}
