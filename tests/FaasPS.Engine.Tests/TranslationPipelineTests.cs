using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests;

public sealed class TranslationPipelineTests
{
    private static readonly RgbImage Picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
    private static readonly TranslationOptions Options = new() { Steps = 3 };

    private readonly TranslationPipeline pipeline = new(TinyModel.Get(), TinyModel.Tokenizer());

    public static TheoryData<ControlBand> Bands => [.. ControlBands.All];

    [Theory]
    [MemberData(nameof(Bands))]
    public void ASeedRepeatsAPictureBitByBit(ControlBand band)
    {
        var options = Options with { Band = band };
        var (first, again) = (Run(options, seed: 4), Run(options, seed: 4));
        Assert.Equal(first.Image.Pixels.ToArray(), again.Image.Pixels.ToArray());
        Assert.NotEqual(first.Image.Pixels.ToArray(), Run(options, seed: 5).Image.Pixels.ToArray());
    }

    [Fact]
    public void ThePictureIsNoUniformArea()
    {
        var pixels = Run(Options, seed: 4).Image.Pixels.ToArray();
        Assert.True(pixels.Distinct().Count() > 50, "random weights make noise, not a flat picture");
    }

    [Fact]
    public void ABatchGivesThePicturesOfSingleRuns()
    {
        var batch = pipeline.Run([new(Picture, "a cat", 1), new(Picture, "a dog", 2)], Options);
        foreach (var result in batch)
        {
            var alone = pipeline.Run([result.Input], Options)[0];
            // Matrix products of another size add in another order: a value may fall on the other side of a rounding step.
            var difference = alone.Image.Pixels.ToArray().Zip(result.Image.Pixels.ToArray(), (a, b) => Math.Abs(a - b)).Max();
            Assert.True(difference <= 1, $"off by {difference}");
        }
    }

    [Fact]
    public void FullModeRunsEveryUnitAtEveryStepAndSavesNothing()
    {
        var result = Run(Options, seed: 1);
        var units = TinyModel.Get().UNet.Units.Count + TinyModel.Get().Control.Units.Count;
        Assert.Equal(3 * units, result.Trace.Count);
        Assert.All(result.Trace, row => Assert.Equal(Treatment.Run, row.Treatment));
        Assert.Equal([667, 334, 1], result.Trace.Select(row => row.Timestep).Distinct());
        Assert.Equal(result.FullMacs, result.Macs);
    }

    [Fact]
    public void OtherSizesNeedNotBeSquare()
    {
        var result = Run(Options with { Width = 192, Height = 64 }, seed: 1);
        Assert.Equal((192, 64), (result.Image.Width, result.Image.Height));
    }

    [Fact]
    public void WithoutGuidanceEachStepCostsHalf()
    {
        Assert.Equal(Run(Options, seed: 1).FullMacs, 2 * Run(Options with { GuidanceScale = 1 }, seed: 1).FullMacs);
    }

    [Fact]
    public void ABandSteersAsStronglyAsItIsTold()
    {
        var model = TinyModel.Get();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var (x, t, context, hint) = (ones(1, 4, 16, 16), full([1], 501, int64), ones(1, 77, model.Config.UNet.ContextDim), ones(1, 4, 16, 16));
        Tensor Predict(Tensor? given, double scale)
        {
            using var denoiser = new Denoiser(model, t, context, given, new RunEverything(), controlScale: scale);
            return denoiser.Predict(x, 0).DetachFromDisposeScope();
        }

        using var alone = Predict(null, 1);
        using var off = Predict(hint, 0);
        using var whole = Predict(hint, 1);
        using var twice = Predict(hint, 2);
        Assert.True(off.allclose(alone, 1e-5, 1e-5));
        double From(Tensor other) => (other - alone).norm().item<float>();
        Assert.InRange(From(twice) / From(whole), 1.5, 3); // not exactly 2: the networks are not linear
    }

    [Fact]
    public void OptionsForAModelAreItsBandsOwn()
    {
        var sampling = "sampling:\n  guidance_scale: 3\n  mid_pass:\n    eta: 0.5\n    control_scale: 2\n";
        var config = ModelConfig.Parse($"{File.ReadAllText(TinyModel.Files().Config)}\n{sampling}", "tiny");
        var mid = new TranslationOptions { Band = ControlBand.MidPass, GuidanceScale = 3, Eta = 0.5, ControlScale = 2 };
        Assert.Equal(mid, TranslationOptions.For(config, ControlBand.MidPass));
        Assert.Equal(new TranslationOptions { GuidanceScale = 3 }, TranslationOptions.For(config, ControlBand.LowPass));
    }

    [Fact]
    public void TheControlScaleReachesThePicture()
    {
        byte[] Pixels(double scale) => Run(Options with { ControlScale = scale }, seed: 1).Image.Pixels.ToArray();
        Assert.NotEqual(Pixels(1), Pixels(3));
    }

    [Fact]
    public void ALongPromptIsCutAndSaysSo()
    {
        var result = pipeline.Run([new(Picture, string.Join(' ', Enumerable.Repeat("castle", 10_000)), 1)], Options)[0];
        Assert.True(result.PromptTruncated);
        Assert.False(Run(Options, seed: 1).PromptTruncated);
    }

    [Fact]
    public void AnEmptyPromptIsAllowed() => Assert.Equal(128, pipeline.Run([new(Picture, "", 1)], Options)[0].Image.Width);

    [Fact]
    public void ProgressTellsEachStageAndStepInOrder()
    {
        var seen = new Recorder();
        pipeline.Run([new(Picture, "a cat", 1)], Options, seen);
        Assert.Equal(
            [(TranslationStage.Encoding, 0), (TranslationStage.Sampling, 0), (TranslationStage.Sampling, 1),
                (TranslationStage.Sampling, 2), (TranslationStage.Sampling, 3), (TranslationStage.Decoding, 3)],
            seen.Reports.Select(report => (report.Stage, report.Step)));
    }

    [Fact]
    public void CancellingEndsTheRunWithinAStep()
    {
        using var source = new CancellationTokenSource();
        var seen = new Recorder { Then = report => { if (report is { Stage: TranslationStage.Sampling, Step: 2 }) source.Cancel(); } };
        Assert.Throws<OperationCanceledException>(
            () => pipeline.Run([new(Picture, "a cat", 1)], Options with { Steps = 100 }, seen, source.Token));
        Assert.Equal(2, seen.Reports[^1].Step);
    }

    public static TheoryData<TranslationOptions, string> BadOptions => new()
    {
        { Options with { Steps = 0 }, "Steps" },
        { Options with { Steps = 1001 }, "Steps" },
        { Options with { GuidanceScale = double.NaN }, "GuidanceScale" },
        { Options with { Eta = 1.5 }, "Eta" },
        { Options with { ControlScale = -1 }, "ControlScale" },
        { Options with { ControlScale = 11 }, "ControlScale" },
        { Options with { DynamicThreshold = 0 }, "DynamicThreshold" },
        { Options with { Width = 100 }, "Width" },
        { Options with { Height = -64 }, "Height" },
        { Options with { TileSize = 100 }, "TileSize" },
        { Options with { TileSize = 0 }, "TileSize" },
    };

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void OptionsOutOfRangeAreRefusedByName(TranslationOptions options, string name)
    {
        var exception = Assert.Throws<ArgumentException>(() => Run(options, seed: 1));
        Assert.StartsWith(name, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATokenizerOfAnotherModelIsRefused()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "merges.txt");
            File.WriteAllText(file, "#version: 0.2\ni n\nt h\n");
            var exception = Assert.Throws<ModelException>(() => new TranslationPipeline(TinyModel.Get(), ClipTokenizer.Load(file)));
            Assert.Contains("516", exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private TranslationResult Run(TranslationOptions options, long seed) =>
        pipeline.Run([new(Picture, "a cat on a red carpet", seed)], options)[0];

    private sealed class Recorder : IProgress<TranslationProgress>
    {
        public List<TranslationProgress> Reports { get; } = [];

        public Action<TranslationProgress>? Then { get; init; }

        public void Report(TranslationProgress value)
        {
            Reports.Add(value);
            Then?.Invoke(value);
        }
    }
}
