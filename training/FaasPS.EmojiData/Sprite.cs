using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.PixelFormats;

namespace FaasPS.EmojiData;

/// <summary>A square drawing with transparency: premultiplied red, green, blue, alpha, 0..1, rows from the top.</summary>
public sealed class Sprite
{
    private readonly float[] pixels;

    /// <param name="side">Pixels along a side.</param>
    /// <param name="pixels">Premultiplied red, green, blue, alpha of each pixel.</param>
    public Sprite(int side, float[] pixels) => (Side, this.pixels) = (side, pixels);

    /// <summary>Pixels along a side.</summary>
    public int Side { get; }

    /// <summary>The mean length of the chroma vector over what is opaque, 0 (grey) to about 0.6 (pure red).</summary>
    public double Chroma => Hue.MeanChroma(Colours());

    /// <summary>The angle most of its colour lies at, radians; see <see cref="Hue"/>.</summary>
    public double DominantHue => Hue.Dominant(Colours());

    /// <summary>Reads a PNG.</summary>
    public static Sprite Read(string path)
    {
        using var image = Image.Load<Rgba32>(new DecoderOptions(), File.ReadAllBytes(path));
        if (image.Width != image.Height) throw new InvalidDataException($"'{path}' is {image.Width} x {image.Height}; it must be square.");
        var premultiplied = new float[image.Width * image.Width * 4];
        image.ProcessPixelRows(rows =>
        {
            for (int y = 0, to = 0; y < rows.Height; y++)
            {
                foreach (var pixel in rows.GetRowSpan(y))
                {
                    var alpha = pixel.A / 255f;
                    premultiplied[to++] = pixel.R / 255f * alpha;
                    premultiplied[to++] = pixel.G / 255f * alpha;
                    premultiplied[to++] = pixel.B / 255f * alpha;
                    premultiplied[to++] = alpha;
                }
            }
        });
        return new Sprite(image.Width, premultiplied);
    }

    /// <summary>The same drawing with its hues turned so that the dominant one comes to lie at an angle.</summary>
    public Sprite Tinted(double hue)
    {
        var turn = Hue.Rotation(hue - DominantHue);
        var turned = new float[pixels.Length];
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var alpha = pixels[i + 3];
            // Rotation is linear, so it may be done on premultiplied colours; they are kept in the gamut of their alpha.
            var (r, g, b) = turn(pixels[i], pixels[i + 1], pixels[i + 2]);
            turned[i] = Math.Clamp(r, 0, alpha);
            turned[i + 1] = Math.Clamp(g, 0, alpha);
            turned[i + 2] = Math.Clamp(b, 0, alpha);
            turned[i + 3] = alpha;
        }
        return new Sprite(Side, turned);
    }

    /// <summary>Bilinear between pixel centres, transparent outside.</summary>
    /// <param name="x">From the left, in pixels.</param>
    /// <param name="y">From the top.</param>
    /// <param name="colour">Receives red, green, blue, alpha added to what it holds.</param>
    public void AddTo(double x, double y, Span<double> colour)
    {
        var (left, top) = ((int)Math.Floor(x - 0.5), (int)Math.Floor(y - 0.5));
        var (fx, fy) = (x - 0.5 - left, y - 0.5 - top);
        for (var dy = 0; dy < 2; dy++)
        {
            for (var dx = 0; dx < 2; dx++)
            {
                var (column, row) = (left + dx, top + dy);
                if (column < 0 || row < 0 || column >= Side || row >= Side) continue;
                var weight = (dx == 0 ? 1 - fx : fx) * (dy == 0 ? 1 - fy : fy);
                for (var c = 0; c < 4; c++) colour[c] += weight * pixels[(((row * Side) + column) * 4) + c];
            }
        }
    }

    private IEnumerable<(double R, double G, double B, double Weight)> Colours()
    {
        for (var i = 0; i < pixels.Length; i += 4)
            if (pixels[i + 3] is > 0 and var a) yield return (pixels[i] / a, pixels[i + 1] / a, pixels[i + 2] / a, a);
    }
}
