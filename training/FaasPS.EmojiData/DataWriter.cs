using System.Text.Json;
using FaasPS.Engine.Imaging;

namespace FaasPS.EmojiData;

/// <summary>
/// Composes pictures and the list that Invoke-FaasTraining reads. Each name is drawn at several places; at each place in every style and
/// some colours. The list has each picture with its caption, parts of which are changed or left out at times.
/// </summary>
public sealed class DataWriter(string folder, int seed)
{
    private const int PlacesPerName = 6;
    private const int ColoursPerStyle = 5;

    /// <summary>Writes the pictures of some names and their list.</summary>
    /// <param name="emojis">The names.</param>
    /// <param name="name">The list's name; the pictures go into a folder of that name.</param>
    public void Write(IReadOnlyList<Emoji> emojis, string name)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        string[] words = [.. emojis.SelectMany(emoji => emoji.Name.Split(' ')).Distinct(StringComparer.Ordinal)];
        var lines = new List<string>[emojis.Count];
        Parallel.For(0, emojis.Count, i => lines[i] = Write(emojis[i], $"{name}/{i:000}", words));
        var path = Path.Combine(folder, $"{name}.jsonl");
        File.WriteAllLines($"{path}.tmp", lines.SelectMany(line => line));
        File.Move($"{path}.tmp", path, overwrite: true);
    }

    private List<string> Write(Emoji emoji, string prefix, string[] words)
    {
        // The pictures of a name depend on the name alone, not on which others there are.
        var hash = emoji.Name.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));
        var (random, captions) = (new Random(hash), new Random(~hash));
        var lines = new List<string>();
        for (var place = 0; place < PlacesPerName; place++)
        {
            foreach (var (scene, i) in Scenes(emoji, random).Select((scene, i) => (scene, i)))
            {
                var file = $"{prefix}-{place}-{i:00}.png";
                ImageWriter.Write(scene.Draw(emoji.Styles[scene.Style]), Path.Combine(folder, file));
                lines.Add(JsonSerializer.Serialize(new { image = file, prompt = Caption(scene, words, captions) }));
            }
        }
        return lines;
    }

    /// <summary>
    /// One in ten without the name and three with a made-up one, so that unknown names do no harm to the rest: trained on known names alone
    /// the model gave these the colours asked for, and unknown ones others. Two in ten without colours, so that the source's count.
    /// </summary>
    private static string Caption(Scene scene, string[] words, Random random) => random.NextDouble() switch
    {
        < 0.1 => scene.Caption[(scene.Name.Length + 2)..],
        < 0.4 => (scene with { Name = MadeUp(words, random) }).Caption,
        < 0.6 => $"{scene.Name}, {scene.Style} style",
        _ => scene.Caption,
    };

    /// <summary>One or two words, each the beginning of one and the end of another.</summary>
    private static string MadeUp(string[] words, Random random)
    {
        string Half(bool beginning)
        {
            var word = words[random.Next(words.Length)];
            return beginning ? word[..((word.Length + 1) / 2)] : word[(word.Length / 2)..];
        }
        return string.Join(' ', Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Half(beginning: true) + Half(beginning: false)));
    }

    private static IEnumerable<Scene> Scenes(Emoji emoji, Random random)
    {
        var placement = Place(random);
        foreach (var style in EmojiSet.Styles)
        {
            var colours = Scene.Tints.SelectMany(tint => Scene.Backgrounds.Select(background => (tint, background))).ToArray();
            random.Shuffle(colours);
            foreach (var (tint, background) in colours.Take(ColoursPerStyle))
                yield return new Scene(emoji.Name, style, tint, background, placement);
        }
    }

    private static Placement Place(Random random) => new(
        0.76 + (0.2 * random.NextDouble()), 0.08 * (random.NextDouble() - 0.5), 0.08 * (random.NextDouble() - 0.5), random.Next(2) == 1);
}
