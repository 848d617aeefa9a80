using FaasPS.Engine.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaasPS.Engine.Tests.Imaging;

public class AreaResizeTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(2024, 7);
    private static readonly Gen<(int, int)> Sizes = Gen.Choose(1, 40).Two().Select(pair => (pair.Item1, pair.Item2));

    /// <summary>cv2 4.6's INTER_AREA, byte for byte (make_goldens.py).</summary>
    [Theory]
    [InlineData("shrink_int")]
    [InlineData("shrink_frac")]
    [InlineData("enlarge")]
    [InlineData("mixed")]
    public void Equals_the_reference(string name)
    {
        var expected = ImageReader.Read(Fixtures.Path("imaging", $"resize_{name}_out.png"));
        var image = ImageReader.Read(Fixtures.Path("imaging", $"resize_{name}_in.png"));
        Assert.Equal(expected.Pixels, AreaResize.Resize(image, expected.Width, expected.Height).Pixels);
    }

    [Fact]
    public void A_plain_picture_stays_plain() =>
        Prop.ForAll(Sizes.Zip(Sizes).Zip(Gen.Choose(0, 255)).ToArbitrary(), given =>
        {
            var (((width, height), (newWidth, newHeight)), value) = given;
            var image = Filled(width, height, (byte)value);
            return AreaResize.Resize(image, newWidth, newHeight).Pixels.IndexOfAnyExcept((byte)value) < 0;
        }).Check(Seeded);

    [Fact]
    public void Results_stay_within_the_range_of_the_source() =>
        Prop.ForAll(Sizes.Zip(Sizes).Zip(Gen.Choose(0, 1000)).ToArbitrary(), given =>
        {
            var (((width, height), (newWidth, newHeight)), seed) = given;
            var image = Noise(width, height, seed);
            byte[] source = image.Pixels.ToArray(), result = AreaResize.Resize(image, newWidth, newHeight).Pixels.ToArray();
            return result.Min() >= source.Min() && result.Max() <= source.Max();
        }).Check(Seeded);

    [Fact]
    public void The_same_size_is_the_same_picture()
    {
        var image = Noise(13, 7, seed: 3);
        Assert.Equal(image.Pixels, AreaResize.Resize(image, 13, 7).Pixels);
    }

    /// <summary>A mean: halves round to even, but 2 x 2 rounds them up, as OpenCV's special case does.</summary>
    [Fact]
    public void Blocks_become_their_mean()
    {
        var twoByTwo = new RgbImage(2, 2, [0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1]);   // sums 2, 1, 2 of 4
        Assert.Equal(new byte[] { 1, 0, 1 }, AreaResize.Resize(twoByTwo, 1, 1).Pixels);
        var twoByOne = new RgbImage(2, 1, [0, 1, 2, 1, 2, 3]);                     // means 0.5, 1.5, 2.5
        Assert.Equal(new byte[] { 0, 2, 2 }, AreaResize.Resize(twoByOne, 1, 1).Pixels);
    }

    [Theory]
    [InlineData(300, 100, 10, 10, 100, 100)]
    [InlineData(100, 300, 10, 10, 100, 100)]
    [InlineData(100, 100, 20, 10, 100, 50)]
    [InlineData(1, 1000, 10, 1, 1, 1)]
    public void Crop_keeps_the_middle_and_the_proportions(int width, int height, int newWidth, int newHeight, int keptWidth, int keptHeight)
    {
        // White where it is kept, black elsewhere: any black in the result would be from outside.
        var pixels = new byte[width * height * 3];
        int left = (width - keptWidth) / 2, top = (height - keptHeight) / 2;
        for (int y = top; y < top + keptHeight; y++) pixels.AsSpan(((y * width) + left) * 3, keptWidth * 3).Fill(255);
        var image = new RgbImage(width, height, pixels);

        var cropped = AreaResize.Resize(image, newWidth, newHeight, ResizeFit.Crop);
        Assert.Equal((newWidth, newHeight), (cropped.Width, cropped.Height));
        Assert.True(cropped.Pixels.IndexOfAnyExcept((byte)255) < 0);
        if (width != keptWidth || height != keptHeight)
            Assert.True(AreaResize.Resize(image, newWidth, newHeight).Pixels.IndexOfAnyExcept((byte)255) >= 0);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -3)]
    public void A_size_below_one_is_refused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AreaResize.Resize(Filled(2, 2, 0), width, height));

    private static RgbImage Filled(int width, int height, byte value)
    {
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, value);
        return new(width, height, pixels);
    }

    private static RgbImage Noise(int width, int height, int seed)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new(width, height, pixels);
    }
}
