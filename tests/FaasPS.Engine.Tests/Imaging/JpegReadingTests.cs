using FaasPS.Engine.Imaging;

namespace FaasPS.Engine.Tests.Imaging;

/// <summary>The fixtures all hold one 40 x 24 picture (make_jpegs.c), so what they must show is known without a decoder.</summary>
public class JpegReadingTests
{
    private const int Width = 40;
    private const int Height = 24;

    [Theory]
    [InlineData("baseline.jpg", 4)]
    [InlineData("restarts.jpg", 4)]
    [InlineData("rgb.jpg", 4)]
    [InlineData("half_chroma.jpg", 24)]    // neighbours share chroma: the picture's slope over two pixels
    [InlineData("progressive.jpg", 24)]    // the same
    [InlineData("cmyk.jpg", 12)]           // four channels, each with its error, multiplied
    [InlineData("ycck.jpg", 12)]
    public void Colours_are_those_that_were_written(string name, int tolerance)
    {
        var image = ImageReader.Read(Fixtures.Path("imaging", name));
        Assert.Equal((Width, Height), (image.Width, image.Height));
        Assert.InRange(LargestDifference(image, Picture), 0, tolerance);
    }

    [Fact]
    public void Grey_becomes_three_equal_channels()
    {
        var image = ImageReader.Read(Fixtures.Path("imaging", "grey.jpg"));
        Assert.InRange(LargestDifference(image, (_, y) => (10 * y, 10 * y, 10 * y)), 0, 4);
        Assert.All(image.Pixels.ToArray().Chunk(3), pixel => Assert.True(pixel[0] == pixel[1] && pixel[1] == pixel[2]));
    }

    /// <summary>What EXIF 2.32 says of tag 0x0112: where the stored row 0 and column 0 are seen.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public void Orientation_is_undone(int orientation, bool bigEndian)
    {
        byte[] stored = File.ReadAllBytes(Fixtures.Path("imaging", "baseline.jpg"));
        var upright = ImageReader.Read(new MemoryStream(stored), "stored");
        var image = ImageReader.Read(new MemoryStream(WithExif(stored, orientation, bigEndian)), "turned");

        bool turned = orientation >= 5;
        Assert.Equal(turned ? (Height, Width) : (Width, Height), (image.Width, image.Height));
        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                var (x, y) = orientation switch
                {
                    1 => (column, row),
                    2 => (Width - 1 - column, row),
                    3 => (Width - 1 - column, Height - 1 - row),
                    4 => (column, Height - 1 - row),
                    5 => (row, column),
                    6 => (Height - 1 - row, column),
                    7 => (Height - 1 - row, Width - 1 - column),
                    _ => (row, Width - 1 - column),
                };
                Assert.True(upright.Row(row).Slice(column * 3, 3).SequenceEqual(image.Row(y).Slice(x * 3, 3)));
            }
        }
    }

    [Fact]
    public void Orientation_counts_in_a_png_too()
    {
        var png = new TestPng(2, 1, 0, 8) { Samples = [10, 20] };
        png.Chunks.Add(("eXIf", Tiff(6, bigEndian: true)));
        var image = ImageReader.Read(new MemoryStream(png.Encode()), "turned.png");
        Assert.Equal((1, 2), (image.Width, image.Height));
        Assert.Equal(new byte[] { 10, 10, 10, 20, 20, 20 }, image.Pixels);
    }

    /// <summary>The picture inside does not matter, its frame must not break the reader: nonsense in EXIF is no orientation.</summary>
    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x49, 0x49, 42, 0, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 255, 255, 1 })]
    [InlineData(new byte[] { 0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0 })]   // orientation 9
    public void Broken_exif_leaves_the_picture_as_stored(byte[] exif)
    {
        byte[] stored = File.ReadAllBytes(Fixtures.Path("imaging", "baseline.jpg"));
        var image = ImageReader.Read(new MemoryStream(WithApp1(stored, [.. "Exif\0\0"u8, .. exif])), "odd");
        Assert.Equal(ImageReader.Read(new MemoryStream(stored), "stored").Pixels, image.Pixels);
    }

    private static (int Red, int Green, int Blue) Picture(int x, int y) => (6 * x, 10 * y, (3 * x) + (4 * y));

    private static int LargestDifference(RgbImage image, Func<int, int, (int Red, int Green, int Blue)> picture)
    {
        int largest = 0;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                var (red, green, blue) = picture(x, y);
                var pixel = image.Row(y).Slice(x * 3, 3);
                largest = Math.Max(
                    largest, Math.Max(Math.Abs(pixel[0] - red), Math.Max(Math.Abs(pixel[1] - green), Math.Abs(pixel[2] - blue))));
            }
        }
        return largest;
    }

    private static byte[] WithExif(byte[] jpeg, int orientation, bool bigEndian) =>
        WithApp1(jpeg, [.. "Exif\0\0"u8, .. Tiff(orientation, bigEndian)]);

    private static byte[] WithApp1(byte[] jpeg, byte[] content) =>
        [.. jpeg[..2], 0xFF, 0xE1, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content, .. jpeg[2..]];

    /// <summary>A TIFF header and a directory of one entry: tag 0x0112, type 3 (short), count 1.</summary>
    private static byte[] Tiff(int orientation, bool bigEndian) => bigEndian
        ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]
        : [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];
}
