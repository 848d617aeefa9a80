using System.Text.Json;
using FaasPS.Engine.Imaging;

namespace FaasPS.EmojiData;

/// <summary>
/// Composes pictures and the list that Invoke-FaasTraining reads. Each name is drawn at several places; at each place in every style and
/// some colours. A picture's source, which the control branch gets its hint from, shows the same name at the same place in other colours
/// and at times in another style: so it learns to take contours from the source and colours and style from the prompt.
/// </summary>
public sealed class DataWriter(string folder, int seed)
{
    private const int PlacesPerName = 6;
    private const int ColoursPerStyle = 5;
    private const double SameStyle = 0.65;

    /// <summary>Writes the pictures of some names and their list.</summary>
    /// <param name="emojis">The names.</param>
    /// <param name="list">The list's file name; the pictures go into a folder of its name.</param>
    public void Write(IReadOnlyList<Emoji> emojis, string list)
    {
        var pictures = Path.Combine(folder, Path.GetFileNameWithoutExtension(list));
        Directory.CreateDirectory(pictures);
        var lines = new string[emojis.Count];
        Parallel.For(0, emojis.Count, i => lines[i] = string.Join('\n', Write(emojis[i], i, pictures)));
        var path = Path.Combine(folder, list);
        File.WriteAllText($"{path}.tmp", string.Join('\n', lines) + "\n");
        File.Move($"{path}.tmp", path, overwrite: true);
    }

    private List<string> Write(Emoji emoji, int number, string pictures)
    {
        // The pictures of a name depend on the name alone, not on which others there are.
        var random = new Random(emoji.Name.Aggregate(seed, (hash, letter) => unchecked((hash * 31) + letter)));
        var lines = new List<string>();
        for (var place = 0; place < PlacesPerName; place++)
        {
            var scenes = Scenes(emoji, random).ToArray();
            var files = scenes.Select((_, i) => $"{Path.GetFileName(pictures)}/{number:000}-{place}-{i:00}.png").ToArray();
            for (var i = 0; i < scenes.Length; i++)
            {
                var scene = scenes[i];
                ImageWriter.Write(scene.Draw(emoji.Styles[scene.Style]), Path.Combine(folder, files[i]));
                var same = random.NextDouble() < SameStyle;
                var sources = Enumerable.Range(0, scenes.Length)
                    .Where(j => j != i && string.Equals(scenes[j].Style, scene.Style, StringComparison.Ordinal) == same).ToArray();
                lines.Add(JsonSerializer.Serialize(new
                {
                    image = files[i],
                    prompt = scene.Caption,
                    source = files[sources[random.Next(sources.Length)]],
                }));
            }
        }
        return lines;
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
