using FaasPS.Engine.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaasPS.Engine.Tests.Imaging;

/// <summary>Every kind of PNG against what the specification says its pixels are; exact.</summary>
public class PngReadingTests
{
    private static readonly (int ColourType, int[] Depths)[] Kinds =
        [(0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16])];

    public static TheoryData<int, int, bool> EveryKind()
    {
        var data = new TheoryData<int, int, bool>();
        foreach (var (colourType, depths) in Kinds)
            foreach (int depth in depths)
                foreach (bool interlaced in new[] { false, true }) data.Add(colourType, depth, interlaced);
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Any_kind_becomes_8_bit_rgb_over_white(int colourType, int depth, bool interlaced)
    {
        // ImageSharp 3.1 puts rows of interlaced pictures narrower than 5 in the wrong place: a pass without columns shifts the next one.
        var sizes = Gen.Choose(interlaced ? 5 : 1, 19).Zip(Gen.Choose(1, 19));
        Prop.ForAll(sizes.Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(), given =>
        {
            var ((width, height), seed) = given;
            var random = new Random(seed);
            var png = new TestPng(width, height, colourType, depth, interlaced) { Samples = RandomSamples() };
            var palette = Enumerable.Range(0, 1 << Math.Min(depth, 8))
                .Select(_ => Enumerable.Range(0, 4).Select(_ => random.Next(256)).ToArray()).ToArray();
            if (colourType == 3)
            {
                png.Chunks.Add(("PLTE", palette.SelectMany(p => p[..3]).Select(v => (byte)v).ToArray()));
                png.Chunks.Add(("tRNS", palette.Select(p => (byte)p[3]).ToArray()));
            }
            var image = Read(png);
            return image.Width == width && image.Height == height && image.Pixels.SequenceEqual(Expected(png, colourType, depth, palette));

            int[] RandomSamples() =>
                Enumerable.Range(0, width * height * (colourType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 }))
                    .Select(_ => random.Next(1 << depth)).ToArray();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12).WithReplay(2024, 11));
    }

    [Fact]
    public void A_colour_marked_transparent_is_white()
    {
        var png = new TestPng(2, 1, 2, 8) { Samples = [10, 20, 30, 10, 20, 31] };
        png.Chunks.Add(("tRNS", [0, 10, 0, 20, 0, 30]));
        Assert.Equal(new byte[] { 255, 255, 255, 10, 20, 31 }, Read(png).Pixels);
    }

    [Theory]
    [InlineData(1, 1, new byte[] { 0, 255 })]
    [InlineData(2, 3, new byte[] { 85, 255 })]
    [InlineData(4, 15, new byte[] { 17, 255 })]
    [InlineData(8, 77, new byte[] { 1, 255 })]
    [InlineData(16, 0x4D4D, new byte[] { 0, 255 })]   // both bytes alike: ImageSharp 3.1 reads a 16-bit marker in the wrong byte order
    public void A_grey_marked_transparent_is_white(int depth, int transparent, byte[] expected)
    {
        int other = depth == 1 ? 0 : 1;
        var png = new TestPng(2, 1, 0, depth) { Samples = [other, transparent] };
        png.Chunks.Add(("tRNS", [(byte)(transparent >> 8), (byte)transparent]));
        Assert.Equal(expected.SelectMany(v => new[] { v, v, v }).ToArray(), Read(png).Pixels.ToArray());
    }

    [Theory]
    [InlineData(128, 0)]      // rounds to 0: 128/257 is below a half
    [InlineData(129, 1)]
    [InlineData(257, 1)]
    [InlineData(385, 1)]
    [InlineData(386, 2)]
    [InlineData(65535, 255)]
    [InlineData(65407, 255)]
    [InlineData(65406, 254)]
    public void Sixteen_bits_are_rounded_not_cut(int sample, int expected) =>
        Assert.Equal((byte)expected, Read(new TestPng(1, 1, 0, 16) { Samples = [sample] }).Pixels[0]);

    /// <summary>Real files; the expected pixels are what Pillow 9.4 reads.</summary>
    [Theory]
    [InlineData("palette_gray.png", 10, 10, new byte[] { 250, 250, 250, 225, 225, 225, 200, 200, 200 })]
    [InlineData("palette_color.png", 10, 10, new byte[] { 51, 0, 255, 102, 204, 102, 102, 204, 51 })]
    [InlineData("foo3x5x4indexed.png", 5, 3, new byte[] { 127, 0, 255, 127, 0, 255 })]
    public void Indexed_files_of_others(string name, int width, int height, byte[] first)
    {
        var image = ImageReader.Read(Fixtures.Path("imaging", name));
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(first, image.Pixels[..first.Length]);
    }

    [Fact]
    public void Transparent_palette_entries_are_white() =>
        Assert.All(ImageReader.Read(Fixtures.Path("imaging", "foo3x5x4indexed.png")).Row(1).ToArray(), v => Assert.Equal(255, v));

    private static RgbImage Read(TestPng png) => ImageReader.Read(new MemoryStream(png.Encode()), "test.png");

    private static byte[] Expected(TestPng png, int colourType, int depth, int[][] palette)
    {
        int most = (1 << depth) - 1;
        return png.Samples.Chunk(png.Channels).SelectMany(samples =>
        {
            int[] eightBit = samples.Select(v => (int)Math.Round(v * 255.0 / most, MidpointRounding.AwayFromZero)).ToArray();
            int[] rgba = colourType switch
            {
                0 => [eightBit[0], eightBit[0], eightBit[0], 255],
                2 => [.. eightBit, 255],
                3 => palette[samples[0]],
                4 => [eightBit[0], eightBit[0], eightBit[0], eightBit[1]],
                _ => eightBit,
            };
            return rgba[..3].Select(c => (byte)Math.Round(((c * rgba[3]) + (255 * (255 - rgba[3]))) / 255.0));
        }).ToArray();
    }
}
