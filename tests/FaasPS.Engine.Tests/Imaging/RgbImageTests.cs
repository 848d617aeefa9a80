using System.Runtime.InteropServices;
using FaasPS.Engine.Imaging;

namespace FaasPS.Engine.Tests.Imaging;

public class RgbImageTests
{
    private const int Side = 32;

    /// <summary>The reference's own input and output values; exact (make_goldens.py).</summary>
    [Fact]
    public void Planes_are_the_references()
    {
        var image = ImageReader.Read(Fixtures.Path("imaging", "model_input.png"));
        var planes = new float[3 * Side * Side];
        image.CopyTo(planes);
        Assert.Equal(Floats("model_input.f32"), planes);
    }

    [Fact]
    public void Pictures_are_FAASs()
    {
        var expected = ImageReader.Read(Fixtures.Path("imaging", "model_output.png"));
        Assert.Equal(expected.Pixels, RgbImage.FromPlanes(Floats("model_output.f32"), Side, Side).Pixels);
    }

    [Theory]
    [InlineData(-1f, 0)]
    [InlineData(-7f, 0)]
    [InlineData(1f, 255)]
    [InlineData(7f, 255)]
    [InlineData(0f, 127)]            // 127.5 is cut
    [InlineData(0.9999f, 254)]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 255)]
    [InlineData(float.NegativeInfinity, 0)]
    public void Values_are_clamped_and_cut(float value, byte expected) =>
        Assert.Equal(new byte[] { expected, expected, expected }, RgbImage.FromPlanes([value, value, value], 1, 1).Pixels);

    [Fact]
    public void Every_byte_comes_back_at_most_one_lower()
    {
        var pixels = Enumerable.Range(0, 256).SelectMany(v => new[] { (byte)v, (byte)(255 - v), (byte)v }).ToArray();
        var planes = new float[pixels.Length];
        new RgbImage(16, 16, pixels).CopyTo(planes);
        // FAAS cuts where it could round, so a value a rounding error below a whole number loses one.
        foreach (var (before, after) in pixels.Zip(RgbImage.FromPlanes(planes, 16, 16).Pixels.ToArray()))
            Assert.InRange(before - after, 0, 1);
    }

    [Theory]
    [InlineData(2, 2, 11)]
    [InlineData(2, 2, 13)]
    [InlineData(0, 2, 0)]
    [InlineData(2, -1, 0)]
    [InlineData(65_536, 65_536, 0)]
    public void Bytes_must_fit_the_size(int width, int height, int bytes) =>
        Assert.ThrowsAny<ArgumentException>(() => new RgbImage(width, height, new byte[bytes]));

    [Fact]
    public void Planes_must_fit_the_size()
    {
        Assert.Throws<ArgumentException>(() => RgbImage.FromPlanes(new float[11], 2, 2));
        Assert.Throws<ArgumentException>(() => new RgbImage(2, 2, new byte[12]).CopyTo(new float[13]));
    }

    private static float[] Floats(string name) =>
        MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Fixtures.Path("imaging", name))).ToArray();
}
