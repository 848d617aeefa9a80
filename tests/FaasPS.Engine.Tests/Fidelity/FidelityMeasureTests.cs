using System.Text.Json;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Tests.Parity;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Fidelity;

public sealed class FidelityMeasureTests
{
    [Theory]
    [InlineData("noisy")]
    [InlineData("blurred")]
    [InlineData("darker")]
    public void MeasuresMeetTheirDefinitions(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Fixtures.Path("fidelity", "expected.json")));
        var expected = file.RootElement.GetProperty(name);
        var report = FidelityMeasure.Compare(Picture(name), Picture("reference"));
        Assert.Equal(expected.GetProperty("psnr").GetDouble(), report.Psnr, 1e-9);
        Assert.Equal(expected.GetProperty("ssim").GetDouble(), report.Ssim, 1e-9);
        Assert.Null(report.LatentCosine);
        foreach (var band in ControlBands.All)
            Assert.Equal(expected.GetProperty("energy_kept").GetProperty(band.Name()).GetDouble(), report.EnergyKept[band], 1e-9);
    }

    [Fact]
    public void EqualPicturesKeepEverything()
    {
        var report = FidelityMeasure.Compare(Picture("noisy"), Picture("noisy"));
        Assert.Equal((double.PositiveInfinity, 1), (report.Psnr, report.Ssim));
        Assert.All(report.EnergyKept.Values, kept => Assert.Equal(1, kept));
    }

    /// <summary>Of a constant shift d: PSNR = 20 log10(255/d), SSIM = (2ab + C1) / (a^2 + b^2 + C1), and all energy is at u = v = 0.</summary>
    [Theory]
    [InlineData(100, 110)]
    [InlineData(0, 255)]
    [InlineData(200, 190)]
    public void FlatPicturesHaveClosedForms(int a, int b)
    {
        var report = FidelityMeasure.Compare(Flat(a), Flat(b));
        const double c1 = 2.55 * 2.55;
        Assert.Equal(20 * Math.Log10(255.0 / Math.Abs(a - b)), report.Psnr, 1e-12);
        Assert.Equal(((2.0 * a * b) + c1) / ((a * a) + (b * b) + c1), report.Ssim, 1e-9);
        Assert.Equal((double)a * a / (b * b), report.EnergyKept[ControlBand.LowPass], 1e-9);
        Assert.Equal(1, report.EnergyKept[ControlBand.HighPass], 1e-3);
    }

    [Fact]
    public void MeasuresButEnergyAreSymmetric()
    {
        var (there, back) = (
            FidelityMeasure.Compare(Picture("noisy"), Picture("reference")), FidelityMeasure.Compare(Picture("reference"), Picture("noisy")));
        Assert.Equal((there.Psnr, there.Ssim), (back.Psnr, back.Ssim));
        Assert.Equal(1 / there.EnergyKept[ControlBand.HighPass], back.EnergyKept[ControlBand.HighPass], 1e-9);
    }

    [Fact]
    public void LatentsAreTheReferencesEncodings()
    {
        using var scope = NewDisposeScope();
        var latents = Goldens.Get("vae.mode").to(float64);
        var (z, z0) = (latents[0].flatten(), latents[1].flatten());
        var cosine = (z.dot(z0) / (z.dot(z) * z0.dot(z0)).sqrt()).item<double>();
        var report = FidelityMeasure.Compare(Tiny(0), Tiny(1), TinyModel.Get());
        Assert.Equal(cosine, report.LatentCosine!.Value, 1e-5);

        var same = FidelityMeasure.Compare(Tiny(0), Tiny(0), TinyModel.Get());
        Assert.Equal(1, same.LatentCosine!.Value, 1e-6);
        Assert.All(same.EnergyKept.Values, kept => Assert.Equal(1, kept, 1e-5));
        Assert.NotEqual(FidelityMeasure.Compare(Tiny(0), Tiny(1)).EnergyKept, report.EnergyKept);
    }

    [Fact]
    public void SizesThatTheEncoderDoesNotTakeAreComparedAsTheyAre()
    {
        var (a, b) = (Tiny(0).Crop(0, 0, 50, 41), Tiny(1).Crop(0, 0, 50, 41));
        var report = FidelityMeasure.Compare(a, b, TinyModel.Get());
        Assert.Null(report.LatentCosine);
        Assert.Equal(FidelityMeasure.Compare(a, b).EnergyKept, report.EnergyKept);
    }

    [Fact]
    public void SizesThatDifferAreRefusedByName()
    {
        var error = Assert.Throws<FidelityException>(() => FidelityMeasure.Compare(Tiny(0), Tiny(0).Crop(0, 0, 64, 32)));
        Assert.Contains("128 x 128", error.Message, StringComparison.Ordinal);
        Assert.Contains("64 x 32", error.Message, StringComparison.Ordinal);
        Assert.Throws<FidelityException>(() => FidelityMeasure.Compare(Tiny(0).Crop(0, 0, 64, 10), Tiny(0).Crop(0, 0, 64, 10)));
        Assert.Equal(1, FidelityMeasure.Compare(Tiny(0).Crop(0, 0, 11, 11), Tiny(0).Crop(0, 0, 11, 11)).Ssim, 1e-12);
    }

    private static RgbImage Picture(string name) => ImageReader.Read(Fixtures.Path("fidelity", $"{name}.png"));

    private static RgbImage Tiny(int number) => ImageReader.Read(Fixtures.Path("tiny", $"image{number}.png"));

    private static RgbImage Flat(int value) => new(24, 16, [.. Enumerable.Repeat((byte)value, 24 * 16 * 3)]);
}
