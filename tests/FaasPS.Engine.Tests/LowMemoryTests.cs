using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Tests;

[Collection(nameof(Alone))]
public sealed class LowMemoryTests : IDisposable
{
    private static readonly TranslationOptions Whole = new() { Steps = 2 };
    private static readonly TranslationOptions Low = Whole with { LowMemory = true };

    private readonly FcDiffusionModel model = FcDiffusionModel.Load(TinyModel.Files(), device: "cpu");

    public void Dispose() => model.Dispose();

    [Fact]
    public void OnlyTheNetworksAreThereWhileItSamplesAndThePictureIsTheSame()
    {
        var seen = new Residency(model);
        var result = Run(model, Low, seen);
        Assert.Equal((false, false), seen.WhileSampling.Distinct().Single());
        Assert.Equal((false, false), Residency.Of(model));
        Assert.Equal(Run(model, Whole).Image.Pixels.ToArray(), result.Image.Pixels.ToArray());
        Assert.Equal((true, true), Residency.Of(model));
        Assert.Equal(Run(model, Low).Image.Pixels.ToArray(), result.Image.Pixels.ToArray()); // from files again
    }

    /// <summary>The floor decodes while it samples: the decoder comes and goes.</summary>
    [Fact]
    public void AFloorDecodesOnTheWay()
    {
        var options = Low with
        {
            Steps = 12, Mode = TranslationMode.Adaptive, Policy = TinyPolicy.Uniform(Verdict.DynamicDecision), MinFidelity = 20,
        };
        var result = Run(model, options);
        Assert.Equal((false, false), Residency.Of(model));
        Assert.Equal(Run(model, options with { LowMemory = false }).Image.Pixels.ToArray(), result.Image.Pixels.ToArray());
    }

    /// <summary>A number on the border between two bytes may round either way: libtorch's sums depend on a thread's number of threads.</summary>
    [Fact]
    public void RunsAtTheSameTimeDoNotTakeEachOthersParts()
    {
        var expected = Run(model, Whole).Image.Pixels.ToArray();
        Parallel.For(0, 8, i =>
        {
            var pixels = Run(model, i % 2 == 0 ? Low : Whole).Image.Pixels.ToArray();
            Assert.InRange(expected.Zip(pixels, (a, b) => Math.Abs(a - b)).Max(), 0, 1);
        });
    }

    [Fact]
    public void OfSeveralBandsOnlyTheBranchInUseStays()
    {
        using var folder = new TemporaryFolder();
        File.Copy(TinyModel.Files().Config, folder.Of("model_config.yaml"));
        using (var whole = CheckpointFile.Open(TinyModel.Files().Checkpoint))
        {
            Write(folder.Of("base.safetensors"), whole, key => !key.StartsWith("control_model.", StringComparison.Ordinal));
            foreach (var band in new[] { ControlBand.LowPass, ControlBand.MidPass, ControlBand.HighPass })
                Write(folder.Of(ModelFiles.ControlName(band)), whole, key => key.StartsWith("control_model.", StringComparison.Ordinal));
        }
        using var several = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        bool[] There() => [.. new[] { ControlBand.LowPass, ControlBand.MidPass, ControlBand.HighPass }
            .Select(band => several.ForBand(band).Branch.IsResident)];
        var mid = Run(several, Whole with { Band = ControlBand.MidPass }).Image.Pixels.ToArray();
        Run(several, Whole with { Band = ControlBand.HighPass });
        Assert.Equal([true, true, true], There());
        Run(several, Low with { Band = ControlBand.HighPass });
        Assert.Equal([false, false, true], There());
        Assert.Equal(mid, Run(several, Low with { Band = ControlBand.MidPass }).Image.Pixels.ToArray());
        Assert.Equal([false, true, false], There());

        // A run that samples keeps its branch from one of another band.
        using var used = several.ForBand(ControlBand.MidPass).Branch.Use();
        Run(several, Low with { Band = ControlBand.LowPass });
        Assert.Equal([true, true, false], There());
    }

    [Fact]
    public void WhatLeavesIsGivenBackToTheSystem()
    {
        // Blocks of 1 MB, below glibc's threshold once it has grown, with one that stays above them.
        torch.zeros(24_000_000 / 4).Dispose();
        var blocks = Enumerable.Range(0, 200).Select(_ => torch.ones(1_000_000 / 4)).ToArray();
        using var above = torch.ones(1000);
        var before = Environment.WorkingSet;
        foreach (var block in blocks) block.Dispose();
        ProcessMemory.GiveBack();
        if (OperatingSystem.IsLinux()) Assert.InRange(before - Environment.WorkingSet, 150_000_000, 300_000_000);
    }

    [Fact]
    public void APeakIsThatOfItsTimeEvenWhenItIsGone()
    {
        NativeRuntime.Load();
        torch.ones(400_000_000 / 4).Dispose();
        var memory = new ProcessMemory();
        var start = memory.Peak;
        if (OperatingSystem.IsLinux()) Assert.InRange(start, 1, Environment.WorkingSet + 50_000_000); // not what was there before
        torch.ones(200_000_000 / 4).Dispose();
        Assert.InRange(memory.Peak - start, 150_000_000, 300_000_000);
    }

    [Fact]
    public void AResultTellsItsPeak()
    {
        ProcessMemory.GiveBack();
        var small = Run(model, Whole).PeakMemory;
        Assert.InRange(small, 50_000_000, Environment.WorkingSet + 500_000_000);
        Assert.True(Run(model, Whole with { Steps = 1, Width = 512, Height = 512 }).PeakMemory > small + 10_000_000);
    }

    [Fact]
    public void TilesBoundTheDecodersMemory()
    {
        using var inference = torch.inference_mode();
        using var latents = torch.ones(1, 4, 96, 96);
        long Grown(int? tileSize)
        {
            ProcessMemory.GiveBack();
            var memory = new ProcessMemory();
            var start = memory.Peak;
            model.Autoencoder.Decode(latents, tileSize).Dispose();
            return memory.Peak - start;
        }

        Grown(64); // what libtorch keeps for itself
        var (whole, tiled) = (Grown(null), Grown(192));
        Assert.True(tiled < whole / 3, $"{tiled / 1e6:f0} MB in tiles, {whole / 1e6:f0} MB whole");
    }

    private static void Write(string path, CheckpointFile source, Func<string, bool> which) =>
        ModelWriter.Write(path, [.. source.Tensors.Values.Where(tensor => which(tensor.Name))], source, torch.ScalarType.Float32);

    private static TranslationResult Run(FcDiffusionModel model, TranslationOptions options, IProgress<TranslationProgress>? progress = null) =>
        new TranslationPipeline(model, TinyModel.Tokenizer())
            .Run([new(ImageReader.Read(Fixtures.Path("tiny", "image0.png")), "a cat", 1)], options, progress)[0];

    private sealed class Residency(FcDiffusionModel model) : IProgress<TranslationProgress>
    {
        public List<(bool Text, bool Autoencoder)> WhileSampling { get; } = [];

        public static (bool Text, bool Autoencoder) Of(FcDiffusionModel model) => (model.Text.IsResident, model.Autoencoder.IsResident);

        public void Report(TranslationProgress value)
        {
            if (value.Stage == TranslationStage.Sampling) WhileSampling.Add(Of(model));
        }
    }
}
