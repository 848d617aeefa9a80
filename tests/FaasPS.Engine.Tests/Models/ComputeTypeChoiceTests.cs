using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests.Models;

public sealed class ComputeTypeChoiceTests
{
    [Theory]
    [InlineData(320, "cpu", true, ComputeType.BFloat16)]
    [InlineData(320, "cpu", false, ComputeType.Float32)]
    [InlineData(32, "cpu", true, ComputeType.Float32)]
    [InlineData(320, "cuda:0", false, ComputeType.Float16)]
    [InlineData(32, "cuda:1", true, ComputeType.Float16)]
    public void TheTypeFollowsDeviceProcessorAndWidth(long channels, string device, bool bfloat16, ComputeType expected) =>
        Assert.Equal(expected, ComputeTypeChoice.For(channels, device, bfloat16).Type);

    [Theory]
    [InlineData("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 clzero\nbugs\t\t: x\n", true)]
    [InlineData("flags\t\t: fpu amx_tile amx_bf16\n", true)]
    [InlineData("Features\t: fp asimd i8mm bf16\n", true)]
    [InlineData("flags\t\t: fpu avx512f avx512_bf16x\n", false)]
    [InlineData("model name\t: avx512_bf16\n", false)]
    public void LinuxTellsOfBFloat16(string text, bool expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Of("cpuinfo"), text);
        Assert.Equal(expected, ComputeTypeChoice.CpuHasBFloat16(folder.Of("cpuinfo")));
        Assert.False(ComputeTypeChoice.CpuHasBFloat16(folder.Of("none")));
    }

    /// <summary>Measured: 48.1 to 48.4 dB for 50 steps by mini_pass, low_pass and mid_pass, against the 35 that bfloat16 must keep.</summary>
    [Fact]
    public void PicturesInBFloat16AreNearThoseInFloat32()
    {
        using var narrow = FcDiffusionModel.Load(TinyModel.Files(), ComputeType.BFloat16, "cpu");
        var psnr = FidelityMeasure.Compare(Translate(narrow), Translate(TinyModel.Get())).Psnr;
        Assert.InRange(psnr, 40, 60);
    }

    private static RgbImage Translate(FcDiffusionModel model) => new TranslationPipeline(model, TinyModel.Tokenizer())
        .Run([new(ImageReader.Read(Fixtures.Path("tiny", "image0.png")), "a cat", 1)], new TranslationOptions { Steps = 20 })[0].Image;
}
