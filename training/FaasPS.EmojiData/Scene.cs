using FaasPS.Engine.Imaging;

namespace FaasPS.EmojiData;

/// <summary>Where a drawing lies in the picture.</summary>
/// <param name="Scale">Its side over the picture's.</param>
/// <param name="X">Its centre's distance from the picture's, to the right, over the picture's side.</param>
/// <param name="Y">The same, downwards.</param>
/// <param name="Flipped">Whether left and right are exchanged.</param>
public readonly record struct Placement(double Scale, double X, double Y, bool Flipped);

/// <summary>A named colour, 8 bit.</summary>
public sealed record Background(string Name, byte R, byte G, byte B);

/// <summary>A named hue; none: the drawing's own colours.</summary>
public sealed record Tint(string Name, double? Angle);

/// <summary>One picture: a drawing, tinted, on a plain background.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Style">Whose drawing it is.</param>
public sealed record Scene(string Name, string Style, Tint Tint, Background Background, Placement Placement)
{
    /// <summary>Pixels along a side of every picture.</summary>
    public const int Side = 64;

    private const int Samples = 3;

    /// <summary>The backgrounds there are.</summary>
    public static IReadOnlyList<Background> Backgrounds { get; } =
    [
        new("white", 245, 245, 245), new("black", 28, 28, 32), new("yellow", 250, 214, 70), new("blue", 70, 125, 225),
        new("green", 80, 180, 90), new("pink", 245, 150, 185),
    ];

    /// <summary>The tints there are.</summary>
    public static IReadOnlyList<Tint> Tints { get; } =
        [new("natural", null), new("red", Hue.Of(1, 0, 0)), new("green", Hue.Of(0, 1, 0)), new("blue", Hue.Of(0, 0, 1))];

    /// <summary>What the model is told of it.</summary>
    public string Caption => $"{Name}, {Style} style, {Tint.Name} tint, on a {Background.Name} background";

    /// <summary>Draws it.</summary>
    /// <param name="sprite">The drawing, not yet tinted.</param>
    public RgbImage Draw(Sprite sprite) => Paint(Tint.Angle is { } angle ? sprite.Tinted(angle) : sprite, Background);

    /// <summary>How much of each pixel the drawing covers, 0..255, [H, W].</summary>
    public byte[] Coverage(Sprite sprite)
    {
        var coverage = new byte[Side * Side];
        Sample(sprite, (pixel, colour) => coverage[pixel] = (byte)Math.Round(255 * colour[3]));
        return coverage;
    }

    private RgbImage Paint(Sprite sprite, Background background)
    {
        var pixels = new byte[Side * Side * 3];
        byte[] behind = [background.R, background.G, background.B];
        Sample(sprite, (pixel, colour) =>
        {
            for (var c = 0; c < 3; c++)
                pixels[(pixel * 3) + c] = (byte)Math.Round(Math.Clamp((255 * colour[c]) + ((1 - colour[3]) * behind[c]), 0, 255));
        });
        return new RgbImage(Side, Side, pixels);
    }

    /// <summary>The mean of the drawing over each pixel of the picture.</summary>
    private void Sample(Sprite sprite, SpanAction write)
    {
        Span<double> colour = stackalloc double[4];
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            colour.Clear();
            for (var sample = 0; sample < Samples * Samples; sample++)
            {
                var x = ((pixel % Side) + (((sample % Samples) + 0.5) / Samples)) / Side;
                var y = ((pixel / Side) + (((sample / Samples) + 0.5) / Samples)) / Side;
                var u = ((x - 0.5 - Placement.X) / Placement.Scale) + 0.5;
                var v = ((y - 0.5 - Placement.Y) / Placement.Scale) + 0.5;
                sprite.AddTo((Placement.Flipped ? 1 - u : u) * sprite.Side, v * sprite.Side, colour);
            }
            foreach (ref var channel in colour) channel /= Samples * Samples;
            write(pixel, colour);
        }
    }

    private delegate void SpanAction(int pixel, ReadOnlySpan<double> colour);
}
