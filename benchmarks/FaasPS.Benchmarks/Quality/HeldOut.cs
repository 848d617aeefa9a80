using FaasPS.EmojiData;
using FaasPS.Engine.Imaging;

namespace FaasPS.Benchmarks.Quality;

/// <summary>A source that no stage of training has seen.</summary>
/// <param name="Scene">What it shows.</param>
/// <param name="Sprite">Its drawing.</param>
/// <param name="Emoji">The same thing in all styles.</param>
internal sealed record HeldOutSource(Scene Scene, Sprite Sprite, Emoji Emoji)
{
    public RgbImage Picture { get; } = Scene.Draw(Sprite);

    public byte[] Coverage { get; } = Scene.Coverage(Sprite);
}

/// <summary>A translation to ask for.</summary>
internal sealed record Request(HeldOutSource Source, Scene Target);

/// <summary>The held-out names as sources, and what is asked of them. The same every time.</summary>
internal sealed class HeldOut
{
    public HeldOut(IReadOnlyList<Emoji> emojis)
    {
        Sources =
        [
            .. emojis.SelectMany((emoji, i) => EmojiSet.Styles.Select((style, j) =>
            {
                var background = Scene.Backgrounds[(i + j) % Scene.Backgrounds.Count];
                var placement = new Placement(0.86, 0.01 * ((i % 3) - 1), 0.01 * (j - 1), Flipped: i % 2 == 1);
                return new HeldOutSource(new Scene(emoji.Name, style, Scene.Tints[0], background, placement), emoji.Styles[style], emoji);
            })),
        ];
        Recolourings =
        [
            .. Sources.SelectMany((source, i) => Enumerable.Range(0, 2).Select(k => new Request(source, source.Scene with
            {
                Tint = Scene.Tints[1 + ((i + k) % (Scene.Tints.Count - 1))],
                Background = Other(source.Scene.Background, i + (2 * k)),
            }))),
        ];
        Restylings =
        [
            .. Sources.Where(source => source.Scene.Style == "noto")
                .Select(source => new Request(source, source.Scene with { Style = "twitter" })),
        ];
    }

    public IReadOnlyList<HeldOutSource> Sources { get; }

    /// <summary>Another tint on another background.</summary>
    public IReadOnlyList<Request> Recolourings { get; }

    /// <summary>Noto's drawing as Twitter's.</summary>
    public IReadOnlyList<Request> Restylings { get; }

    private static Background Other(Background than, int turn)
    {
        var others = Scene.Backgrounds.Where(background => background != than).ToArray();
        return others[turn % others.Length];
    }
}
