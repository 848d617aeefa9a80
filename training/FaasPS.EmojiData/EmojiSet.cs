using System.Text.Json;

namespace FaasPS.EmojiData;

/// <summary>A thing that every style has a drawing of.</summary>
public sealed record Emoji(string Name, IReadOnlyDictionary<string, Sprite> Styles);

/// <summary>
/// The emoji used: animals, plants, food and vehicles that all three styles draw in colour, in the order of their names. One in twenty is
/// held out: no stage of training sees it in any style.
/// </summary>
public sealed class EmojiSet
{
    /// <summary>Chroma below which a tint would not show.</summary>
    private const double LeastChroma = 0.12;

    private static readonly string[] Groups =
    [
        "animal-mammal", "animal-bird", "animal-bug", "animal-marine", "animal-reptile", "animal-amphibian", "plant-other", "plant-flower",
        "food-fruit", "food-vegetable", "food-prepared", "food-sweet", "drink", "transport-ground", "transport-air", "transport-water",
    ];

    private EmojiSet(IReadOnlyList<Emoji> all)
    {
        HeldOut = [.. all.Where((_, i) => i % 20 == 7)];
        Training = [.. all.Where((_, i) => i % 20 != 7)];
    }

    /// <summary>The styles' names, as captions have them.</summary>
    public static IReadOnlyList<string> Styles { get; } = ["noto", "twitter", "fluent"];

    /// <summary>What the model is trained on.</summary>
    public IReadOnlyList<Emoji> Training { get; }

    /// <summary>What it is judged by.</summary>
    public IReadOnlyList<Emoji> HeldOut { get; }

    /// <summary>Reads the drawings.</summary>
    /// <param name="folder">What build/fetch-emoji.sh made: emoji.json and a folder of PNG files for each style.</param>
    public static EmojiSet Load(string folder)
    {
        using var list = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "emoji.json")));
        var all = list.RootElement.EnumerateArray()
            .Where(emoji => Groups.Contains(emoji.GetProperty("subcategory").GetString(), StringComparer.Ordinal))
            .Select(emoji => (
                Name: emoji.GetProperty("name").GetString()!.ToLowerInvariant(),
                Files: Styles.ToDictionary(
                    style => style,
                    style => Path.Combine(folder, style, emoji.GetProperty("image").GetString()!),
                    StringComparer.Ordinal)))
            .Where(emoji => emoji.Files.Values.All(File.Exists))
            .OrderBy(emoji => emoji.Name, StringComparer.Ordinal)
            .Select(emoji => new Emoji(
                emoji.Name, emoji.Files.ToDictionary(file => file.Key, file => Sprite.Read(file.Value), StringComparer.Ordinal)))
            .Where(emoji => emoji.Styles.Values.All(sprite => sprite.Chroma >= LeastChroma));
        return new EmojiSet([.. all]);
    }
}
