using FaasPS.Engine.Imaging;

namespace FaasPS.Engine.Tests.Imaging;

public class BadImageTests
{
    private static readonly TestPng Sound = new(3, 4, 2, 8) { Samples = Enumerable.Range(0, 36).ToArray() };

    [Fact]
    public void An_empty_file_says_so() => Fails(ImageProblem.Empty, [], "is empty");

    [Fact]
    public void Text_named_png_lists_what_can_be_read() =>
        Fails(ImageProblem.UnknownFormat, "a prompt, not a picture"u8.ToArray(), "PNG and JPEG");

    [Theory]
    [InlineData(new byte[] { 0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0, 0, 0 })]   // GIF
    [InlineData(new byte[] { 0x42, 0x4D, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0 })]          // BMP
    [InlineData(new byte[] { 0xFF })]
    public void Other_formats_are_unknown(byte[] bytes) => Fails(ImageProblem.UnknownFormat, bytes, "convert it");

    /// <summary>Wherever a PNG is cut, it is an error; never a picture with black at the bottom.</summary>
    [Fact]
    public void A_png_cut_anywhere_is_truncated()
    {
        byte[] whole = Sound.Encode();
        Assert.Equal(Sound.Samples.Select(v => (byte)v).ToArray(), ImageReader.Read(new MemoryStream(whole), "whole").Pixels.ToArray());
        for (int length = 8; length < whole.Length; length++) Fails(ImageProblem.Truncated, whole[..length], "cut off");
    }

    [Theory]
    [InlineData("baseline.jpg")]
    [InlineData("progressive.jpg")]
    public void A_jpeg_cut_anywhere_is_truncated(string name)
    {
        byte[] whole = File.ReadAllBytes(Fixtures.Path("imaging", name));
        for (int length = 3; length < whole.Length; length++) Fails(ImageProblem.Truncated, whole[..length], "cut off");
    }

    [Fact]
    public void A_truncated_file_of_others() =>
        Assert.Equal(ImageProblem.Truncated,
            Assert.Throws<ImageException>(() => ImageReader.Read(Fixtures.Path("imaging", "truncated.jpg"))).Problem);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_missing_before_a_proper_end_are_noticed(bool interlaced) =>
        Fails(ImageProblem.Truncated, new TestPng(9, 9, 0, 8, interlaced) { Samples = new int[81], MissingRows = 1 }.Encode(), "cut off");

    [Fact]
    public void A_flipped_bit_in_the_pixels_is_corrupt()
    {
        byte[] bytes = Sound.Encode();
        bytes[^30] ^= 0x10;   // in the second IDAT
        Fails(ImageProblem.Corrupt, bytes, "is damaged");
    }

    [Fact]
    public void An_indexed_png_without_palette_is_corrupt() =>
        Fails(ImageProblem.Corrupt, new TestPng(2, 2, 3, 8) { Samples = new int[4] }.Encode(), "is damaged");

    [Theory]
    [InlineData(65_000, 65_000)]
    [InlineData(1_000_000_000, 1)]
    [InlineData(ImageReader.MaxSide + 1, 1)]
    [InlineData(10_001, 10_000)]
    [InlineData(-1, -1)]   // 2^32 - 1
    public void A_header_that_promises_too_much_fails_before_anything_is_allocated(int width, int height)
    {
        byte[] bytes = new TestPng(width, height, 6, 16) { MissingRows = height }.Encode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(ImageProblem.TooLarge, bytes, "is too large");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_jpeg_header_that_promises_too_much_fails_before_anything_is_allocated()
    {
        byte[] bytes = File.ReadAllBytes(Fixtures.Path("imaging", "baseline.jpg"));
        int frame = bytes.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });
        (bytes[frame + 5], bytes[frame + 6], bytes[frame + 7], bytes[frame + 8]) = (0xFD, 0xE8, 0xFD, 0xE8);   // 65,000 each
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fails(ImageProblem.TooLarge, bytes, "65000 x 65000");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    public void No_pixels_at_all_is_corrupt(int width, int height) =>
        Fails(ImageProblem.Corrupt, new TestPng(width, height, 2, 8).Encode(), FormattableString.Invariant($"{width} x {height}"));

    /// <summary>Two rows promised, 64 MiB delivered: what is too much is never unpacked into memory.</summary>
    [Fact]
    public void Data_that_unpack_to_more_than_promised_cost_nothing()
    {
        using var file = new MemoryStream(new TestPng(2, 2, 0, 8) { Samples = new int[4] }.Encode());
        byte[] bytes = [.. file.ToArray()[..33]];
        using var bomb = new MemoryStream();
        bomb.Write(bytes);
        TestPng.WriteChunk(bomb, "IDAT", TestPng.Compress(new byte[64 << 20]));
        TestPng.WriteChunk(bomb, "IEND", []);
        bomb.Position = 0;

        long before = GC.GetAllocatedBytesForCurrentThread();
        var image = ImageReader.Read(bomb, "bomb.png");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        Assert.All(image.Pixels.ToArray(), v => Assert.Equal(0, v));
    }

    /// <summary>Seeded damage of a sound file is read or refused by the one exception; nothing else comes out.</summary>
    [Theory]
    [InlineData("baseline.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("palette_color.png")]
    [InlineData("resize_enlarge_in.png")]
    public void Random_damage_is_an_image_or_an_image_exception(string name)
    {
        byte[] whole = File.ReadAllBytes(Fixtures.Path("imaging", name));
        var random = new Random(name.Length);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = [.. whole];
            for (int change = random.Next(1, 6); change > 0; change--) bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.NotNull(ImageReader.Read(new MemoryStream(bytes), name));
            }
            catch (ImageException problem)
            {
                Assert.Contains($"'{name}'", problem.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains(
            "nowhere.png", Assert.Throws<FileNotFoundException>(() => ImageReader.Read("nowhere.png")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_is_no_image()
    {
        string folder = Fixtures.Path("imaging");
        var problem = Assert.Throws<ImageException>(() => ImageReader.Read(folder));
        Assert.Equal((ImageProblem.Directory, folder), (problem.Problem, problem.Name));
    }

    private static void Fails(ImageProblem expected, byte[] bytes, string says)
    {
        var problem = Assert.Throws<ImageException>(() => ImageReader.Read(new MemoryStream(bytes), "it.png"));
        Assert.Equal(expected, problem.Problem);
        Assert.Contains("'it.png'", problem.Message, StringComparison.Ordinal);
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }
}
