using FaasPS.EmojiData;
using FaasPS.Engine.Imaging;

namespace FaasPS.Engine.Tests.Training;

/// <summary>What the demo model is judged by tells a good picture from a bad one.</summary>
public sealed class PictureMeasuresTests
{
    private static readonly Background Yellow = Scene.Backgrounds.Single(background => background.Name == "yellow");
    private static readonly Background Blue = Scene.Backgrounds.Single(background => background.Name == "blue");
    private static readonly Scene Here = new("a square", "noto", Scene.Tints[0], Yellow, new Placement(0.5, 0, 0, Flipped: false));
    private static readonly Scene Elsewhere = Here with { Placement = new Placement(0.5, 0.2, 0.2, Flipped: false) };

    [Fact]
    public void TheBorderTellsTheBackground()
    {
        var (picture, coverage) = (Here.Draw(Square(0.8f, 0.1f, 0.1f)), Here.Coverage(Square(1, 1, 1)));
        Assert.Equal(0, PictureMeasures.BackgroundError(picture, coverage, Yellow));
        Assert.InRange(PictureMeasures.BackgroundError(picture, coverage, Blue), 200, 300);
    }

    [Fact]
    public void TheObjectTellsTheHueWhateverIsBehindIt()
    {
        var coverage = Here.Coverage(Square(1, 1, 1));
        foreach (var scene in new[] { Here, Here with { Background = Blue } })
        {
            double HueOf(Sprite sprite) => PictureMeasures.ObjectHue(scene.Draw(sprite), coverage);
            Assert.InRange(Hue.Distance(HueOf(Square(0.8f, 0.1f, 0.1f)), Hue.Of(1, 0, 0)), 0, 0.1);
            Assert.InRange(Hue.Distance(HueOf(Square(0.1f, 0.1f, 0.8f)), Hue.Of(0, 0, 1)), 0, 0.1);
        }
    }

    [Fact]
    public void ContoursCorrelateWhereTheyAreTheSameInWhateverColour()
    {
        var red = Here.Draw(Square(0.8f, 0.1f, 0.1f));
        Assert.Equal(1, PictureMeasures.EdgeCorrelation(red, red), 9);
        Assert.InRange(PictureMeasures.EdgeCorrelation(red, (Here with { Background = Blue }).Draw(Square(0.1f, 0.8f, 0.1f))), 0.9, 1);
        Assert.InRange(PictureMeasures.EdgeCorrelation(red, Elsewhere.Draw(Square(0.8f, 0.1f, 0.1f))), -0.2, 0.3);
        Assert.Equal(0, PictureMeasures.EdgeCorrelation(red, new RgbImage(Scene.Side, Scene.Side, new byte[Scene.Side * Scene.Side * 3])));
    }

    [Fact]
    public void HistogramsDoNotCareWhereColoursAre()
    {
        var red = Here.Draw(Square(0.8f, 0.1f, 0.1f));
        Assert.Equal(1, PictureMeasures.HistogramIntersection(red, red));
        Assert.InRange(PictureMeasures.HistogramIntersection(red, Elsewhere.Draw(Square(0.8f, 0.1f, 0.1f))), 0.95, 1);
        var onBlue = (Here with { Background = Blue }).Draw(Square(0.8f, 0.1f, 0.1f));
        Assert.InRange(PictureMeasures.HistogramIntersection(red, onBlue), 0.15, 0.25); // the object, a quarter
    }

    [Fact]
    public void SimilarityIsTheObjectsOwn()
    {
        var (picture, coverage) = (Here.Draw(Square(0.8f, 0.1f, 0.1f)), Here.Coverage(Square(1, 1, 1)));
        Assert.Equal(1, PictureMeasures.ObjectSimilarity(picture, picture, coverage), 9);
        var other = PictureMeasures.ObjectSimilarity(picture, Here.Draw(Square(0.1f, 0.1f, 0.8f)), coverage);
        Assert.InRange(other, 0, 0.9);
        var behind = PictureMeasures.ObjectSimilarity(picture, (Here with { Background = Blue }).Draw(Square(0.8f, 0.1f, 0.1f)), coverage);
        Assert.True(behind > other);
    }

    /// <summary>A drawing of one colour that fills its frame.</summary>
    private static Sprite Square(float r, float g, float b) =>
        new(8, [.. Enumerable.Repeat(new[] { r, g, b, 1f }, 64).SelectMany(p => p)]);
}
