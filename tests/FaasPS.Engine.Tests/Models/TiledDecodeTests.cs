using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Tests.Parity;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Models;

public sealed class TiledDecodeTests
{
    [Theory]
    [InlineData(16, 16, 1)]
    [InlineData(12, 16, 1)]
    [InlineData(17, 16, 2)]
    [InlineData(28, 16, 2)]
    [InlineData(29, 16, 3)]
    [InlineData(128, 64, 3)]
    [InlineData(1000, 8, 167)]
    public void WeightsAddUpToOneAndNoTileIsLarger(int length, int side, int count)
    {
        var tiles = TiledDecode.Along(length, side, scale: 8).ToArray();
        Assert.Equal(count, tiles.Length);
        var sums = new double[length * 8];
        foreach (var (start, weights) in tiles)
        {
            Assert.Equal(Math.Min(side, length) * 8, weights.Length);
            Assert.All(weights, weight => Assert.InRange(weight, 0, 1));
            for (var i = 0; i < weights.Length; i++) sums[(start * 8) + i] += weights[i];
        }
        Assert.All(sums, sum => Assert.Equal(1, sum, 1e-6));
    }

    /// <summary>An eighth of a tile beside each seam is decoded and not used.</summary>
    [Fact]
    public void TheOuterQuartersOfAnOverlapAreMargin()
    {
        var tiles = TiledDecode.Along(28, 16, scale: 8).ToArray(); // overlap 4 latents, 32 pixels
        Assert.All(tiles[0].Weights[^8..], weight => Assert.Equal(0, weight));
        Assert.All(tiles[1].Weights[..8], weight => Assert.Equal(0, weight));
        Assert.Equal(1, tiles[0].Weights[^25]);
        Assert.Equal(0.5 / 16, tiles[1].Weights[8], 1e-6);
    }

    [Fact]
    public void OneTileIsTheWholeDecodeBitByBit()
    {
        using var scope = NewDisposeScope();
        var z = Latents(16, 16);
        var vae = TinyModel.Get().Autoencoder;
        Assert.True(vae.Decode(z).equal(vae.Decode(z, 128)).all().item<bool>());
    }

    /// <summary>
    /// White noise through random weights is the worst case for statistics of a part. Measured: 26.2, 31.6 and 37.1 dB of a picture of
    /// 384 x 320.
    /// </summary>
    [Theory]
    [InlineData(128, 24)]
    [InlineData(192, 30)]
    [InlineData(256, 35)]
    public void TilesComeNearTheWholeDecode(int tileSize, double psnr)
    {
        using var scope = NewDisposeScope();
        var z = Latents(48, 40);
        var vae = TinyModel.Get().Autoencoder;
        Assert.InRange(Psnr(vae.Decode(z), vae.Decode(z, tileSize)), psnr, 60);
    }

    /// <summary>Tiles put side by side show a step between two pixel columns; faded into one another, they do not.</summary>
    [Fact]
    public void TheErrorHasNoSeams()
    {
        using var scope = NewDisposeScope();
        var z = Latents(16, 28);
        var vae = TinyModel.Get().Autoencoder;
        var whole = vae.Decode(z); // [1, 3, 128, 224]
        var cut = cat([
            vae.Decode(z.narrow(3, 0, 16).contiguous()).narrow(3, 0, 112), vae.Decode(z.narrow(3, 12, 16).contiguous()).narrow(3, 16, 112)], 3);
        double LargestStep(Tensor picture)
        {
            var error = (picture - whole).narrow(3, 96, 32); // where the tiles overlap
            return (error.narrow(3, 1, 31) - error.narrow(3, 0, 31)).square().mean([0, 1, 2]).sqrt().max().item<float>();
        }
        var (faded, stepped) = (LargestStep(vae.Decode(z, 128)), LargestStep(cut));
        Assert.True(faded < stepped / 1.5, $"{faded} against {stepped}");
    }

    private static Tensor Latents(int height, int width)
    {
        using var generator = new Generator(5);
        return randn([1, 4, height, width], generator: generator);
    }

    private static double Psnr(Tensor whole, Tensor tiled) =>
        FidelityMeasure.Compare(ImageTensor.ToImage(tiled[0]), ImageTensor.ToImage(whole[0])).Psnr;
}
