using System.Text.Json;
using FaasPS.Engine.Imaging;

namespace FaasPS.EmojiData;

/// <summary>
/// Composes pictures and the lists that Invoke-FaasTraining reads. Each name is drawn at several places; at each place in every style and
/// some colours. A list has each picture with its caption, parts of which are changed or left out at times. A list of recolourings has
/// sources as well, from which a control branch gets its hint: a picture whose caption tells its colours once for each picture of the
/// same style and place, itself among them, and others with themselves.
/// </summary>
public sealed class DataWriter(string folder, int seed)
{
    private const int ColoursPerStyle = 5;

    /// <summary>Writes the pictures of some names.</summary>
    /// <param name="emojis">The names.</param>
    /// <param name="name">The folder that the pictures go into.</param>
    /// <param name="places">At how many places each name is drawn.</param>
    public IReadOnlyList<Example> Draw(IReadOnlyList<Emoji> emojis, string name, int places)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        string[] words = [.. emojis.SelectMany(emoji => emoji.Name.Split(' ')).Distinct(StringComparer.Ordinal)];
        var examples = new List<Example>[emojis.Count];
        Parallel.For(0, emojis.Count, i => examples[i] = Draw(emojis[i], $"{name}/{i:000}", places, words));
        return [.. examples.SelectMany(some => some)];
    }

    /// <summary>Writes NAME.jsonl.</summary>
    public void WriteList(string name, IEnumerable<Example> examples) =>
        WriteLines(name, examples.Select(example => (object)new { image = example.File, prompt = example.Prompt }));

    /// <summary>Writes NAME.jsonl, each picture with its sources.</summary>
    public void WriteRecolourings(string name, IEnumerable<Example> examples) =>
        WriteLines(name, examples.SelectMany(example =>
            example.Sources.Select(source => (object)new { image = example.File, prompt = example.Prompt, source })));

    private void WriteLines(string name, IEnumerable<object> lines)
    {
        var path = Path.Combine(folder, $"{name}.jsonl");
        File.WriteAllLines($"{path}.tmp", lines.Select(line => JsonSerializer.Serialize(line)));
        File.Move($"{path}.tmp", path, overwrite: true);
    }

    private List<Example> Draw(Emoji emoji, string prefix, int places, string[] words)
    {
        // The pictures of a name depend on the name alone, not on which others there are.
        var hash = emoji.Name.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));
        var (random, captions) = (new Random(hash), new Random(~hash));
        var examples = new List<Example>();
        for (var place = 0; place < places; place++)
        {
            var scenes = Scenes(emoji, random).Select((scene, i) => (Scene: scene, File: $"{prefix}-{place}-{i:00}.png")).ToArray();
            foreach (var (scene, file) in scenes)
            {
                ImageWriter.Write(scene.Draw(emoji.Styles[scene.Style]), Path.Combine(folder, file));
                var (prompt, tellsColours) = Caption(scene, words, captions);
                examples.Add(new Example(file, prompt, tellsColours
                    ? [.. scenes.Where(other => other.Scene.Style == scene.Style).Select(other => other.File)]
                    : [file]));
            }
        }
        return examples;
    }

    /// <summary>
    /// One in ten without the name and three with a made-up one, so that unknown names do no harm to the rest: trained on known names alone
    /// the model gave these the colours asked for, and unknown ones others. Two in ten without colours, so that the source's count.
    /// </summary>
    private static (string Text, bool TellsColours) Caption(Scene scene, string[] words, Random random) => random.NextDouble() switch
    {
        < 0.1 => (scene.Caption[(scene.Name.Length + 2)..], true),
        < 0.4 => ((scene with { Name = MadeUp(words, random) }).Caption, true),
        < 0.6 => ($"{scene.Name}, {scene.Style} style", false),
        _ => (scene.Caption, true),
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

/// <summary>A picture, its caption, and the pictures that a branch gets its hint from.</summary>
public sealed record Example(string File, string Prompt, string[] Sources);
