using System.Text.Json;

namespace FaasPS.EmojiData;

/// <summary>A thing that every style has a drawing of.</summary>
public sealed record Emoji(string Name, IReadOnlyDictionary<string, Sprite> Styles);

/// <summary>
/// The emoji used, those that all three styles draw in colour, in the order of their names: animals, plants, food and vehicles, which the
/// model knows by name, and others, from which mid_pass's branch learns what drawings look like. One in twenty of both is held out: no
/// stage of training sees it in any style.
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

    /// <summary>Where others come from: no people, symbols or flags, of which many are nearly the same.</summary>
    private static readonly string[] OtherCategories =
        ["Activities", "Animals & Nature", "Food & Drink", "Objects", "Smileys & Emotion", "Travel & Places"];

    private EmojiSet(IReadOnlyList<Emoji> known, IReadOnlyList<Emoji> others)
    {
        (Training, HeldOut) = Split(known);
        (Others, OthersHeldOut) = Split(others);
    }

    /// <summary>The styles' names, as captions have them.</summary>
    public static IReadOnlyList<string> Styles { get; } = ["noto", "twitter", "fluent"];

    /// <summary>What the model is trained on.</summary>
    public IReadOnlyList<Emoji> Training { get; }

    /// <summary>What it is judged by.</summary>
    public IReadOnlyList<Emoji> HeldOut { get; }

    /// <summary>What mid_pass's branch is trained on besides.</summary>
    public IReadOnlyList<Emoji> Others { get; }

    /// <summary>What settings are chosen by.</summary>
    public IReadOnlyList<Emoji> OthersHeldOut { get; }

    /// <summary>Reads the drawings.</summary>
    /// <param name="folder">What build/fetch-emoji.sh made: emoji.json and a folder of PNG files for each style.</param>
    public static EmojiSet Load(string folder)
    {
        using var list = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "emoji.json")));
        var known = list.RootElement.EnumerateArray().ToLookup(emoji => Groups.Contains(Text(emoji, "subcategory"), StringComparer.Ordinal));
        return new EmojiSet(
            Draw(known[true], folder),
            Draw(known[false].Where(emoji => OtherCategories.Contains(Text(emoji, "category"), StringComparer.Ordinal)), folder));
    }

    private static Emoji[] Draw(IEnumerable<JsonElement> emojis, string folder) =>
    [
        .. emojis
            .Select(emoji => (
                Name: Text(emoji, "name").ToLowerInvariant(),
                Files: Styles.ToDictionary(style => style, style => Path.Combine(folder, style, Text(emoji, "image")), StringComparer.Ordinal)))
            .Where(emoji => emoji.Files.Values.All(File.Exists))
            .OrderBy(emoji => emoji.Name, StringComparer.Ordinal)
            .Select(emoji => new Emoji(
                emoji.Name, emoji.Files.ToDictionary(file => file.Key, file => Sprite.Read(file.Value), StringComparer.Ordinal)))
            .Where(emoji => emoji.Styles.Values.All(sprite => sprite.Chroma >= LeastChroma)),
    ];

    private static (Emoji[] Training, Emoji[] HeldOut) Split(IReadOnlyList<Emoji> emojis) =>
        ([.. emojis.Where((_, i) => i % 20 != 7)], [.. emojis.Where((_, i) => i % 20 == 7)]);

    private static string Text(JsonElement emoji, string key) => emoji.GetProperty(key).GetString()!;
}
