using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests;

/// <summary>
/// Whole translations on CUDA beside the CPU's in float32. The source is drawn, not read: where these tests run there may be no codecs.
/// </summary>
[Trait("Category", "Cuda")]
public sealed class CudaTranslationTests
{
    /// <summary>
    /// PSNR, dB. Convolutions in float32 are TF32's on CUDA, with the mantissa of float16; in bfloat16, with 3 bits less, pictures of this
    /// model are at 48 dB on the CPU.
    /// </summary>
    private const double Near = 40;

    private static readonly RgbImage Source = Draw();
    private static readonly TranslationOptions Options = new() { Steps = 4 };

    public static TheoryData<ComputeType> Types => [ComputeType.Float32, ComputeType.Float16, ComputeType.BFloat16];

    [CudaTheory]
    [MemberData(nameof(Types))]
    public void APictureIsNearTheCpusAndASeedRepeatsItBitByBit(ComputeType type)
    {
        using var model = Load(type);
        var picture = Translate(model, Options)[0];
        AssertNear(Translate(TinyModel.Get(), Options)[0], picture);
        Assert.Equal(picture.Pixels.ToArray(), Translate(model, Options)[0].Pixels.ToArray());
    }

    [CudaTheory]
    [InlineData(ComputeType.Float16)]
    public void ABatchGivesThePicturesOfSingleRuns(ComputeType type)
    {
        using var model = Load(type);
        var batch = Translate(model, Options, 1, 2, 3);
        for (var i = 0; i < batch.Length; i++) AssertNear(Translate(model, Options, i + 1)[0], batch[i]);
    }

    /// <summary>Noise is the CPU's on each device, and so are the pictures that draw it at every step.</summary>
    [CudaTheory]
    [InlineData(ComputeType.Float16)]
    public void NoiseBetweenStepsAndTheDynamicThresholdGiveTheCpusPicture(ComputeType type)
    {
        using var model = Load(type);
        var options = Options with { Eta = 1, DynamicThreshold = 0.995 };
        AssertNear(Translate(TinyModel.Get(), options)[0], Translate(model, options)[0]);
    }

    [CudaTheory]
    [InlineData(ComputeType.Float16)]
    public void AdaptiveModeReusesAsOnTheCpu(ComputeType type)
    {
        using var model = Load(type);
        var options = Options with { Steps = 8, Mode = TranslationMode.Adaptive, Tolerance = 0.2 };
        int Reused(FcDiffusionModel on) => new TranslationPipeline(on, TinyModel.Tokenizer()).Run([new(Source, "a cat", 1)], options)[0]
            .Trace.Count(row => row.Treatment == Treatment.Reuse);
        var (expected, actual) = (Reused(TinyModel.Get()), Reused(model));
        Assert.True(expected > 0);
        Assert.InRange(actual, 0.9 * expected, 1.1 * expected); // a probe near its tolerance falls on either side
    }

    private static FcDiffusionModel Load(ComputeType type) =>
        FcDiffusionModel.Load(TinyModel.Files(), CudaTheoryAttribute.TypeFor(type), CudaTheoryAttribute.Device);

    private static RgbImage[] Translate(FcDiffusionModel model, TranslationOptions options, params long[] seeds) =>
    [
        .. new TranslationPipeline(model, TinyModel.Tokenizer())
            .Run([.. (seeds is [] ? [1] : seeds).Select(seed => new TranslationInput(Source, "a cat", seed))], options)
            .Select(result => result.Image),
    ];

    private static void AssertNear(RgbImage expected, RgbImage actual)
    {
        Assert.True(expected.Pixels.ToArray().Distinct().Count() > 50, "random weights make noise, not a flat picture");
        Assert.InRange(FidelityMeasure.Compare(actual, expected).Psnr, Near, double.PositiveInfinity);
    }

    /// <summary>Rings of changing colour, 128 x 128.</summary>
    private static RgbImage Draw()
    {
        const int Side = 128;
        var pixels = new byte[Side * Side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, channel) = (i / 3 % Side, i / 3 / Side, i % 3);
            pixels[i] = (byte)(127.5 + (127 * Math.Sin((Math.Sqrt((x * x) + (y * y)) / (6 + channel)) + channel)));
        }
        return new RgbImage(Side, Side, pixels);
    }
}
