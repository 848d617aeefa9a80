using FaasPS.Engine.Imaging;

namespace FaasPS.EmojiData;

/// <summary>The pictures of samples/: held-out names, and prompts that ask for other colours or another style.</summary>
public static class Samples
{
    private static readonly (string Name, string Style, string Background, string Prompt)[] Pictures =
    [
        ("avocado", "noto", "white", "avocado, noto style, blue tint, on a yellow background"),
        ("broccoli", "fluent", "yellow", "broccoli, fluent style, red tint, on a white background"),
        ("clinking glasses", "twitter", "blue", "clinking glasses, twitter style, green tint, on a pink background"),
        ("dragon face", "noto", "pink", "dragon face, noto style, red tint, on a black background"),
        ("mushroom", "noto", "green", "mushroom, twitter style, natural tint, on a green background"),
        ("pear", "fluent", "black", "pear, fluent style, red tint, on a blue background"),
        ("squid", "twitter", "white", "squid, twitter style, blue tint, on a pink background"),
        ("turtle", "noto", "yellow", "turtle, noto style, blue tint, on a white background"),
    ];

    /// <summary>Writes them, each with its prompt in a .txt beside it.</summary>
    public static void Write(EmojiSet emojis, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, style, background, prompt) in Pictures)
        {
            var scene = new Scene(
                name, style, Scene.Tints[0], Scene.Backgrounds.Single(b => b.Name == background), new Placement(0.86, 0, 0, Flipped: false));
            var sprite = emojis.HeldOut.Single(emoji => emoji.Name == name).Styles[style];
            var path = Path.Combine(folder, name.Replace(' ', '-'));
            ImageWriter.Write(scene.Draw(sprite), $"{path}.png");
            File.WriteAllText($"{path}.txt", $"{prompt}\n");
        }
    }
}
