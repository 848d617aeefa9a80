using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using FaasPS.Engine.Imaging;
using FsCheck;
using FsCheck.Fluent;

namespace FaasPS.Engine.Tests.Imaging;

public sealed class ImageWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("faasps-writer-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_png_comes_back_as_it_was() =>
        Prop.ForAll(Gen.Choose(1, 50).Two().Zip(Gen.Choose(0, 1000)).ToArbitrary(), given =>
        {
            var ((width, height), seed) = given;
            var image = Noise(width, height, seed);
            ImageWriter.Write(image, In("a.png"));
            var back = ImageReader.Read(In("a.png"));
            return (back.Width, back.Height) == (width, height) && back.Pixels.SequenceEqual(image.Pixels);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(2024, 3));

    [Theory]
    [InlineData("a.jpg")]
    [InlineData("a.JPEG")]
    public void A_jpeg_comes_back_nearly(string name)
    {
        var image = ImageReader.Read(Fixtures.Path("imaging", "resize_enlarge_out.png"));
        ImageWriter.Write(image, In(name));
        var back = ImageReader.Read(In(name));
        double squares = image.Pixels.ToArray().Zip(back.Pixels.ToArray()).Average(p => Math.Pow(p.First - p.Second, 2));
        Assert.InRange(squares, 0.01, 12);   // quality 95, full chroma; PSNR above 37 dB, and not the PNG again
    }

    [Fact]
    public void Texts_are_kept_in_the_chunk_that_fits_them()
    {
        string lengthy = string.Concat(Enumerable.Repeat("a very long prompt, ", 100));
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["prompt"] = "a cat, caf\u00E9 style", ["seed"] = "", ["author"] = "\u7F8E\u8853 \U0001F408", ["all"] = lengthy,
            ["control"] = "a\0b",
        };
        ImageWriter.Write(Noise(3, 3, 1), In("a.png"), texts);

        var (read, kinds) = Texts(File.ReadAllBytes(In("a.png")));
        texts["control"] = "ab";   // PNG has no NUL
        Assert.Equal(texts, read);
        Assert.Equal("tEXt tEXt iTXt zTXt tEXt", string.Join(' ', kinds));
        Assert.Equal(Noise(3, 3, 1).Pixels, ImageReader.Read(In("a.png")).Pixels);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("\u7F8E")]
    [InlineData("a\nb")]
    public void A_keyword_that_png_cannot_hold_is_refused(string keyword)
    {
        Assert.Throws<ArgumentException>(() =>
            ImageWriter.Write(Noise(1, 1, 1), In("a.png"), new Dictionary<string, string>(StringComparer.Ordinal) { [keyword] = "" }));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void An_existing_file_is_replaced_or_kept_as_asked()
    {
        ImageWriter.Write(Noise(2, 2, 1), In("a.png"));
        ImageWriter.Write(Noise(2, 2, 2), In("a.png"));
        Assert.Equal(Noise(2, 2, 2).Pixels, ImageReader.Read(In("a.png")).Pixels);

        var problem = Assert.Throws<IOException>(() => ImageWriter.Write(Noise(2, 2, 3), In("a.png"), overwrite: false));
        Assert.Contains("exists", problem.Message, StringComparison.Ordinal);
        Assert.Equal(Noise(2, 2, 2).Pixels, ImageReader.Read(In("a.png")).Pixels);
        Assert.Single(Directory.GetFileSystemEntries(folder));
    }

    /// <summary>
    /// JPEG ends at 65,500 pixels a side in libjpeg and at 65,535 in ImageSharp: a picture longer than both fails while it is encoded.
    /// </summary>
    [Fact]
    public void A_failure_while_encoding_leaves_the_old_file_and_nothing_else()
    {
        ImageWriter.Write(Noise(2, 2, 1), In("a.jpg"));
        byte[] before = File.ReadAllBytes(In("a.jpg"));
        Assert.ThrowsAny<Exception>(() => ImageWriter.Write(Noise(70_000, 1, 2), In("a.jpg")));
        Assert.Equal(before, File.ReadAllBytes(In("a.jpg")));
        Assert.Single(Directory.GetFileSystemEntries(folder));
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        Assert.Throws<OperationCanceledException>(() =>
            ImageWriter.Write(Noise(2, 2, 1), In("a.png"), cancellationToken: new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    [Theory]
    [InlineData("a.webp")]
    [InlineData("a")]
    [InlineData("png")]
    public void An_unknown_extension_lists_the_known_ones(string name)
    {
        var problem = Assert.Throws<ImageException>(() => ImageWriter.Write(Noise(1, 1, 1), In(name)));
        Assert.Equal(ImageProblem.UnknownExtension, problem.Problem);
        Assert.Contains(".png, .jpg or .jpeg", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_is_no_folder_is_named()
    {
        File.WriteAllText(In("file"), "");
        Assert.Contains(
            "file", Assert.Throws<DirectoryNotFoundException>(() => ImageWriter.Write(Noise(1, 1, 1), In("file/a.png"))).Message,
            StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => ImageWriter.Write(Noise(1, 1, 1), In("nowhere/a.png")));
        Directory.CreateDirectory(In("folder.png"));
        Assert.Equal(
            ImageProblem.Directory, Assert.Throws<ImageException>(() => ImageWriter.Write(Noise(1, 1, 1), In("folder.png"))).Problem);
    }

    private string In(string name) => Path.Combine(folder, name);

    private static RgbImage Noise(int width, int height, int seed)
    {
        var pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return new(width, height, pixels);
    }

    /// <summary>Keyword to text of a file's text chunks, and the chunks' names in order (PNG specification, 11.3.3).</summary>
    private static (Dictionary<string, string> Texts, List<string> Kinds) Texts(byte[] png)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var kinds = new List<string>();
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            string kind = Encoding.ASCII.GetString(png, at + 4, 4);
            byte[] data = png[(at + 8)..(at + 8 + length)];
            at += 12 + length;
            if (kind is not ("tEXt" or "zTXt" or "iTXt")) continue;
            kinds.Add(kind);
            int end = Array.IndexOf(data, (byte)0);
            texts[Encoding.Latin1.GetString(data, 0, end)] = kind switch
            {
                "tEXt" => Encoding.Latin1.GetString(data[(end + 1)..]),
                "zTXt" => Encoding.Latin1.GetString(Decompress(data[(end + 2)..])),
                _ => Encoding.UTF8.GetString(data[(end + 5)..]),   // not compressed; language and translation empty
            };
        }
        return (texts, kinds);
    }

    private static byte[] Decompress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using var source = new ZLibStream(new MemoryStream(bytes), CompressionMode.Decompress);
        source.CopyTo(target);
        return target.ToArray();
    }
}
