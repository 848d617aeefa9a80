using System.Text.Json;
using FaasPS.Engine.Imaging;

namespace FaasPS.EmojiData;

/// <summary>
/// Composes pictures and the lists that Invoke-FaasTraining reads. Each name is drawn at several places; at each place in every style and
/// some colours. NAME.jsonl has each picture with its caption, parts of which are left out at times. NAME-recolour.jsonl has with each
/// picture a source, from which the control branch gets its hint: the same name at the same place in other colours and at times in another
/// style. From the first a branch learns to take colours and layout from the source, from the second contours alone.
/// </summary>
public sealed class DataWriter(string folder, int seed)
{
    private const int PlacesPerName = 6;
    private const int ColoursPerStyle = 5;
    private const double SameStyle = 0.65;

    /// <summary>Writes the pictures of some names and their list.</summary>
    /// <param name="emojis">The names.</param>
    /// <param name="name">The lists' name; the pictures go into a folder of that name.</param>
    public void Write(IReadOnlyList<Emoji> emojis, string name)
    {
        Directory.CreateDirectory(Path.Combine(folder, name));
        var lines = new (List<string> Plain, List<string> Recolour)[emojis.Count];
        Parallel.For(0, emojis.Count, i => lines[i] = Write(emojis[i], $"{name}/{i:000}"));
        WriteList($"{name}.jsonl", lines.SelectMany(line => line.Plain));
        // Half of it has each picture as its own source, as FCDiffusion trains: a band of the same picture says most, and is learnt from first.
        WriteList($"{name}-recolour.jsonl", [.. lines.SelectMany(line => line.Recolour), .. lines.SelectMany(line => line.Plain)]);
    }

    private void WriteList(string name, IEnumerable<string> lines)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllLines($"{path}.tmp", lines);
        File.Move($"{path}.tmp", path, overwrite: true);
    }

    private (List<string> Plain, List<string> Recolour) Write(Emoji emoji, string prefix)
    {
        // The pictures of a name depend on the name alone, not on which others there are.
        var hash = emoji.Name.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter));
        var random = new Random(hash);
        var words = new Random(~hash);
        var (plain, recolour) = (new List<string>(), new List<string>());
        for (var place = 0; place < PlacesPerName; place++)
        {
            var scenes = Scenes(emoji, random).ToArray();
            var files = scenes.Select((_, i) => $"{prefix}-{place}-{i:00}.png").ToArray();
            for (var i = 0; i < scenes.Length; i++)
            {
                var scene = scenes[i];
                ImageWriter.Write(scene.Draw(emoji.Styles[scene.Style]), Path.Combine(folder, files[i]));
                var same = random.NextDouble() < SameStyle;
                var sources = Enumerable.Range(0, scenes.Length)
                    .Where(j => j != i && string.Equals(scenes[j].Style, scene.Style, StringComparison.Ordinal) == same).ToArray();
                plain.Add(JsonSerializer.Serialize(new { image = files[i], prompt = Caption(scene, words.NextDouble(), shortened: 0.3) }));
                recolour.Add(JsonSerializer.Serialize(new
                {
                    image = files[i],
                    prompt = Caption(scene, words.NextDouble(), shortened: 0),
                    source = files[sources[random.Next(sources.Length)]],
                }));
            }
        }
        return (plain, recolour);
    }

    /// <summary>One in ten without the name, so that unknown names do no harm; some without colours, so that the source's count.</summary>
    private static string Caption(Scene scene, double chance, double shortened) => chance switch
    {
        < 0.1 => scene.Caption[(scene.Name.Length + 2)..],
        _ when chance < 0.1 + shortened => $"{scene.Name}, {scene.Style} style",
        _ => scene.Caption,
    };

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
