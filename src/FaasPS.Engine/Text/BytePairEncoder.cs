using System.Text;

namespace FaasPS.Engine.Text;

/// <summary>Byte-pair encoding (Sennrich et al. 2016): neighbours merge, the earliest learnt pair first and leftmost first.</summary>
internal static class BytePairEncoder
{
    private const int None = -1;

    /// <summary>Appends the tokens of one word, in O(n log n): a word may be a whole prompt without spaces.</summary>
    public static void Encode(BytePairVocabulary vocabulary, string word, List<int> tokens)
    {
        var symbols = Encoding.UTF8.GetBytes(word).Select(value => vocabulary.TokenOfByte[value]).ToArray();
        symbols[^1] = BytePairVocabulary.AtEndOfWord(symbols[^1]);

        // The symbols as a list: next and previous of each, and a queue of the merges that are possible. An entry is out of date when
        // the pair at its place is no longer the one that makes its token.
        var next = Enumerable.Range(1, symbols.Length).ToArray();
        var previous = Enumerable.Range(-1, symbols.Length).ToArray();
        next[^1] = None;
        var queue = new PriorityQueue<(int Left, int Merged), (int Merged, int Left)>();
        for (var i = 0; i + 1 < symbols.Length; i++) Enqueue(i);

        while (queue.TryDequeue(out var merge, out _))
        {
            var (left, merged) = merge;
            if (!CanMerge(left, out var current) || current != merged) continue;
            var right = next[left];
            symbols[left] = merged;
            symbols[right] = None;
            next[left] = next[right];
            if (next[left] != None) previous[next[left]] = left;
            Enqueue(left);
            if (previous[left] != None) Enqueue(previous[left]);
        }

        for (var i = 0; i != None; i = next[i]) tokens.Add(symbols[i]);

        bool CanMerge(int left, out int merged)
        {
            merged = None;
            return symbols[left] != None && next[left] != None && vocabulary.TryMerge(symbols[left], symbols[next[left]], out merged);
        }

        void Enqueue(int left)
        {
            if (CanMerge(left, out var merged)) queue.Enqueue((left, merged), (merged, left));
        }
    }
}
