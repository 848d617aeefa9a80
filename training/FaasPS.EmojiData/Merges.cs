using System.Text.RegularExpressions;

namespace FaasPS.EmojiData;

/// <summary>
/// Learns a byte-pair vocabulary from prompts (Sennrich et al. 2016): joins the most frequent pair of neighbours within words, again and
/// again, until every word is one token; the smaller pair where two are as frequent. The file is CLIP's merges.txt.
/// </summary>
public static partial class Merges
{
    /// <param name="prompts">What the model will be trained on, ASCII.</param>
    /// <param name="path">The file to write.</param>
    /// <returns>The number of merges.</returns>
    public static int Write(IEnumerable<string> prompts, string path)
    {
        var merges = Learn(prompts);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines($"{path}.tmp",
            merges.Select(pair => $"{pair.Left} {pair.Right}").Prepend($"#version: 0.2 ({merges.Count} merges over the demo model's captions)"));
        File.Move($"{path}.tmp", path, overwrite: true);
        return merges.Count;
    }

    private static List<(string Left, string Right)> Learn(IEnumerable<string> prompts)
    {
        var words = prompts.SelectMany(prompt => Word().Matches(prompt).Select(match => match.Value))
            .GroupBy(word => word, StringComparer.Ordinal)
            .Select(group => (Symbols: Split(group.Key), Count: group.Count()))
            .ToArray();
        var merges = new List<(string, string)>();
        while (true)
        {
            var pairs = words.SelectMany(word => word.Symbols.Zip(word.Symbols.Skip(1), (left, right) => (Pair: (left, right), word.Count)))
                .GroupBy(pair => pair.Pair)
                .Select(group => (Pair: group.Key, Count: group.Sum(pair => pair.Count)))
                .ToArray();
            if (pairs.Length == 0) return merges;
            var best = pairs.OrderByDescending(pair => pair.Count)
                .ThenBy(pair => pair.Pair.left, StringComparer.Ordinal).ThenBy(pair => pair.Pair.right, StringComparer.Ordinal).First().Pair;
            merges.Add(best);
            for (var i = 0; i < words.Length; i++) words[i].Symbols = Join(words[i].Symbols, best);
        }
    }

    private static string[] Split(string word) => [.. word[..^1].Select(letter => letter.ToString()), $"{word[^1]}</w>"];

    private static string[] Join(string[] symbols, (string Left, string Right) pair)
    {
        var joined = new List<string>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            var match = i + 1 < symbols.Length && string.Equals(symbols[i], pair.Left, StringComparison.Ordinal)
                && string.Equals(symbols[i + 1], pair.Right, StringComparison.Ordinal);
            joined.Add(match ? symbols[i] + symbols[++i] : symbols[i]);
        }
        return [.. joined];
    }

    [GeneratedRegex("[a-z]+|[^\\sa-z]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();
}
