using System.Globalization;
using System.Text.Json;
using FaasPS.EmojiData;

namespace FaasPS.Engine.Tests.Training;

/// <summary>The demo model's training pictures: what the captions say is what the pictures show.</summary>
public sealed class EmojiDataTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static TheoryData<string> ColouredTints => new("red", "green", "blue");

    [Theory]
    [MemberData(nameof(ColouredTints))]
    public void ATintTurnsTheDominantHueToItsOwnAndKeepsLuma(string name)
    {
        var tint = Scene.Tints.Single(t => t.Name == name);
        var sprite = Plain(0.55f, 0.5f, 0.35f); // dull enough to stay in the gamut whatever its hue
        var tinted = sprite.Tinted(tint.Angle!.Value);
        Assert.True(Hue.Distance(tinted.DominantHue, tint.Angle.Value) < 0.1);
        Assert.Equal(Luma(sprite), Luma(tinted), 2e-3);
    }

    [Fact]
    public void TheBackgroundIsTheNamedColourAndTheObjectIsInTheMiddle()
    {
        foreach (var background in Scene.Backgrounds)
        {
            var scene = new Scene("a square", "noto", Scene.Tints[0], background, new Placement(0.5, 0, 0, Flipped: false));
            var picture = scene.Draw(Plain(0.2f, 0.4f, 0.6f));
            Assert.Equal([background.R, background.G, background.B], picture.Pixels[..3].ToArray());
            var middle = ((32 * Scene.Side) + 32) * 3;
            Assert.Equal(new byte[] { 51, 102, 153 }, picture.Pixels.Slice(middle, 3).ToArray());
            Assert.Equal(0, scene.Coverage(Plain(1, 1, 1))[0]);
            Assert.Equal(255, scene.Coverage(Plain(1, 1, 1))[(32 * Scene.Side) + 32]);
        }
    }

    [Fact]
    public void ACaptionTellsNameStyleTintAndBackground() => Assert.Equal(
        "pear, noto style, red tint, on a blue background",
        new Scene("pear", "noto", Scene.Tints[1], Scene.Backgrounds.Single(b => b.Name == "blue"), default).Caption);

    [Fact]
    public void MergesMakeEveryWordOneToken()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "merges.txt");
            var count = Merges.Write(["red pear", "a bear, red"], path);
            var lines = File.ReadAllLines(path);
            Assert.Equal(count, lines.Length - 1);
            Assert.Contains("e d</w>", lines);
            Assert.Contains("r ed</w>", lines); // red is whole; ear of pear and bear is shared, each then takes its first letter
            Assert.Contains(lines, line => line.EndsWith("ear</w>", StringComparison.Ordinal) && line.StartsWith('p'));
            Assert.Contains(lines, line => line.EndsWith("ear</w>", StringComparison.Ordinal) && line.StartsWith('b'));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void ARecolouringHasSourcesOfItsOwnStyleAndPlace()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var styles = EmojiSet.Styles.ToDictionary(style => style, _ => Plain(0.3f, 0.4f, 0.5f), StringComparer.Ordinal);
            var writer = new DataWriter(folder.FullName, seed: 1);
            var examples = writer.Draw([new Emoji("a pear", styles)], "some", places: 2);
            writer.WriteList("some", examples);
            writer.WriteRecolourings("some-recolour", examples);
            Assert.Equal(2 * 3 * 5, Directory.GetFiles(Path.Combine(folder.FullName, "some")).Length);
            Example[] Read(string list) => [.. File.ReadLines(Path.Combine(folder.FullName, list))
                .Select(line => JsonSerializer.Deserialize<Example>(line, Json)!)];
            var recolourings = Read("some-recolour.jsonl").ToLookup(example => example.Image, StringComparer.Ordinal);
            foreach (var example in Read("some.jsonl"))
            {
                var sources = recolourings[example.Image].Select(recolouring => recolouring.Source!).ToArray();
                Assert.Contains(example.Image, sources);
                Assert.Equal(example.Prompt.Contains(" tint, ", StringComparison.Ordinal) ? 5 : 1, sources.Distinct().Count());
                Assert.All(recolourings[example.Image], recolouring => Assert.Equal(example.Prompt, recolouring.Prompt));
                Assert.All(sources, source => Assert.Equal(PlaceAndStyle(example.Image), PlaceAndStyle(source)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        // some/000-<place>-<number>.png, five numbers a style.
        static string PlaceAndStyle(string file) => $"{file[..^7]} {int.Parse(file[^6..^4], CultureInfo.InvariantCulture) / 5}";
    }

    private sealed record Example(string Image, string Prompt, string? Source);

    private static Sprite Plain(float r, float g, float b) =>
        new(8, [.. Enumerable.Repeat(new[] { r, g, b, 1f }, 64).SelectMany(pixel => pixel)]);

    private static double Luma(Sprite sprite)
    {
        var colour = new double[4];
        sprite.AddTo(4, 4, colour);
        return (0.299 * colour[0]) + (0.587 * colour[1]) + (0.114 * colour[2]);
    }
}
