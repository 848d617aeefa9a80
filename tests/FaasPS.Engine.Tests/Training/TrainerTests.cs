using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void AModelIsTrainedFromNothingToItsBands()
    {
        using var folder = new TemporaryFolder();
        var autoencoder = Trainer.Run(Options(folder, TrainingStage.Autoencoder));
        Assert.Equal((6, folder.Of("base.safetensors")), (autoencoder.Steps, autoencoder.Output));
        Assert.NotEqual(0.5, ModelConfig.Load(folder.Of("model_config.yaml")).ScaleFactor); // measured: the latents' own
        Assert.Equal(["merges.txt"], Directory.EnumerateFiles(folder.Of("tokenizer")).Select(Path.GetFileName));

        // From here on, the folder is the model: no configuration of one is needed.
        var before = Weight(folder, "first_stage_model.encoder.conv_in.weight");
        var latents = folder.Of("training", "latents.safetensors");
        Assert.False(File.Exists(latents));
        Trainer.Run(Options(folder, TrainingStage.Diffusion) with { Steps = 2 });
        Assert.Equal(before, Weight(folder, "first_stage_model.encoder.conv_in.weight"));
        var encoded = File.GetLastWriteTimeUtc(latents);
        foreach (var band in new[] { ControlBand.HighPass, ControlBand.MiniPass })
            Trainer.Run(Options(folder, TrainingStage.Control) with { Band = band, Steps = 2 });
        Assert.Equal(encoded, File.GetLastWriteTimeUtc(latents)); // encoded once for all stages

        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        var pipeline = new TranslationPipeline(model, ClipTokenizer.Load(folder.Path));
        var input = new TranslationInput(ImageReader.Read(Fixtures.Path("training", "pictures", "0.png")), "a red disc", 1);
        RgbImage By(ControlBand band) => pipeline.Run([input], new TranslationOptions { Band = band, Steps = 2 })[0].Image;
        Assert.Equal((16, 16), (By(ControlBand.HighPass).Width, By(ControlBand.MiniPass).Height));
        Assert.Contains("low_pass", Assert.Throws<ModelException>(() => By(ControlBand.LowPass)).Message, StringComparison.Ordinal);
        foreach (var run in new[] { "autoencoder", "diffusion", "control_high_pass", "control_mini_pass" })
            Assert.True(ImageReader.Read(Directory.EnumerateFiles(folder.Of("training", run, "samples")).Last()).Width > 100);
    }

    [Fact]
    public void TextTowerAndUNetTrainWithoutAnAutoencoderOfTheirOwn()
    {
        using var folder = new TemporaryFolder();
        var result = Trainer.Run(Options(folder, TrainingStage.Diffusion) with { Steps = 2 });
        Assert.InRange(result.Loss, 0.8, 1.2); // a U-Net that predicts zero has the noise's own variance
        Assert.Single(Directory.EnumerateFiles(folder.Of("training", "diffusion", "samples")));
    }

    [Theory]
    [InlineData(3)] // between checkpoints: the step after the last is lost and done again
    [InlineData(4)] // just after one
    public void AKilledRunGoesOnFromItsLastCheckpoint(int killedAfter)
    {
        using var whole = new TemporaryFolder();
        var options = Options(whole, TrainingStage.Autoencoder);
        Trainer.Run(options);

        using var folder = new TemporaryFolder();
        var killed = options with { OutputDirectory = folder.Path };
        Assert.Throws<TimeoutException>(() => Trainer.Run(killed, new Stop(killedAfter)));
        // What a kill leaves behind: half a row and an unfinished file.
        File.AppendAllText(folder.Of("training", "autoencoder", "losses.csv"), "5,0.4");
        File.WriteAllText(folder.Of("training", "autoencoder", "checkpoint.safetensors.1.partial"), "half");
        File.WriteAllText(folder.Of("base.safetensors.2.partial"), "half");
        Trainer.Run(killed);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*.partial", SearchOption.AllDirectories));
        Assert.Equal(File.ReadAllBytes(whole.Of("base.safetensors")), File.ReadAllBytes(folder.Of("base.safetensors")));
        Assert.Equal(Losses(whole), Losses(folder));
        Assert.Equal(7, Losses(whole).Length);
    }

    [Fact]
    public void ACancelledRunLosesNothing()
    {
        using var folder = new TemporaryFolder();
        using var stop = new CancellationTokenSource();
        var options = Options(folder, TrainingStage.Autoencoder);
        Assert.Throws<OperationCanceledException>(() => Trainer.Run(options, new Stop(3, stop.Cancel), stop.Token));
        var steps = new List<long>();
        Trainer.Run(options, new Watch(steps), CancellationToken.None);
        Assert.Equal([4L, 5, 6], steps);
    }

    [Fact]
    public void AFinishedRunIsWrittenAgainInHalfPrecision()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, TrainingStage.Autoencoder) with { Steps = 2 };
        Trainer.Run(options);
        var wide = Weight(folder, "first_stage_model.decoder.conv_out.weight");
        Trainer.Run(options with { HalfPrecision = true });
        Assert.Equal("Float16", ModelFile.Of(folder.Of("base.safetensors")).Type);
        Assert.Equal(wide, Weight(folder, "first_stage_model.decoder.conv_out.weight"), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Fact]
    public void ABranchStartsFromAnotherFoldersModelWhichStaysAsItIs()
    {
        using var start = new TemporaryFolder();
        ModelMaker.Create(new FreshModelOptions(SmallRun.Config, start.Of("model")) { Tokenizer = SmallRun.Tokenizer });
        using var folder = new TemporaryFolder();
        Trainer.Run(Options(folder, TrainingStage.Control) with { Band = ControlBand.LowPass, Model = start.Of("model"), Steps = 1 });
        Assert.Equal(
            ["base.safetensors", "control_low_pass.safetensors", "model_config.yaml"],
            Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(
            Weight(start.Of("model"), "model.diffusion_model.out.0.weight"), Weight(folder, "model.diffusion_model.out.0.weight"));
        Assert.Empty(Directory.EnumerateDirectories(start.Of("model"), "training"));
    }

    [Fact]
    public void ABranchOfAnotherBaseDoesNotComeBesideThisOne()
    {
        using var start = new TemporaryFolder();
        foreach (var seed in new[] { 1, 2 })
            ModelMaker.Create(new FreshModelOptions(SmallRun.Config, start.Of($"{seed}")) { Tokenizer = SmallRun.Tokenizer, Seed = seed });
        using var folder = new TemporaryFolder();
        void Train(ControlBand band, string model) =>
            Trainer.Run(Options(folder, TrainingStage.Control) with { Band = band, Model = start.Of(model), Steps = 1, HalfPrecision = true });
        Train(ControlBand.LowPass, "1");
        Train(ControlBand.HighPass, "1");
        Assert.Contains("base.safetensors", Assert.Throws<ModelException>(() => Train(ControlBand.MidPass, "2")).Message, StringComparison.Ordinal);
        var config = File.ReadAllText(folder.Of("model_config.yaml"));
        File.WriteAllText(folder.Of("model_config.yaml"), config.Replace("eta: 0.0", "eta: 0.5", StringComparison.Ordinal));
        Train(ControlBand.MidPass, "1"); // how it is sampled is the user's own business
        File.WriteAllText(folder.Of("model_config.yaml"), config.Replace("timesteps: 1000", "timesteps: 900", StringComparison.Ordinal));
        Assert.Throws<ModelException>(() => Train(ControlBand.MidPass, "1"));
    }

    [Fact]
    public void AUsersOwnConfigurationIsNotReplacedByTheModels()
    {
        using var folder = new TemporaryFolder();
        var config = folder.Of("model_config.yaml");
        File.Copy(SmallRun.Config, config);
        Assert.Contains(
            "another name", Assert.Throws<ConfigException>(
                () => Trainer.Run(Options(folder, TrainingStage.Autoencoder) with { Config = config })).Message, StringComparison.Ordinal);
        Assert.Throws<ConfigException>(() => ModelMaker.Create(new FreshModelOptions(config, folder.Path)));
        Assert.Equal(File.ReadAllText(SmallRun.Config), File.ReadAllText(config));
    }

    [Fact]
    public void WhatIsMissingIsNamed()
    {
        using var folder = new TemporaryFolder();
        var options = Options(folder, TrainingStage.Diffusion);
        Assert.Contains("nothing to train", Assert.Throws<ModelException>(() => Trainer.Run(options with { Config = null })).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Trainer.Run(options with { Stage = TrainingStage.Control }));
        Assert.Throws<TokenizerException>(() => Trainer.Run(options with { Tokenizer = folder.Path }));
        Assert.Throws<FileNotFoundException>(() => Trainer.Run(options with { Data = folder.Of("list.jsonl") }));
    }

    [Theory]
    [InlineData("diffusion: {steps: 0}", "training.diffusion.steps")]
    [InlineData("diffusion: {learning_rates: 1}", "learning_rates")]
    [InlineData("difusion: {steps: 1}", "difusion")]
    [InlineData("diffusion: {schedule: linear}", "cosine, constant")]
    public void AWrongSettingIsNamed(string settings, string named)
    {
        using var folder = new TemporaryFolder();
        var model = File.ReadAllText(SmallRun.Config);
        File.WriteAllText(folder.Of("a.yaml"), $"{model[..model.IndexOf("training:", StringComparison.Ordinal)]}training:\n  {settings}\n");
        var options = Options(folder, TrainingStage.Diffusion) with { Config = folder.Of("a.yaml") };
        Assert.Contains(named, Assert.Throws<ConfigException>(() => Trainer.Run(options)).Message, StringComparison.Ordinal);
    }

    private static TrainingOptions Options(TemporaryFolder folder, TrainingStage stage) => new()
    {
        Stage = stage,
        Data = SmallRun.List,
        OutputDirectory = folder.Path,
        Config = SmallRun.Config,
        Tokenizer = SmallRun.Tokenizer,
        Device = "cpu",
    };

    private static string[] Losses(TemporaryFolder folder) =>
        [.. File.ReadLines(folder.Of("training", "autoencoder", "losses.csv")).Select(line => line[..line.LastIndexOf(',')])];

    private static float[] Weight(TemporaryFolder folder, string key) => Weight(folder.Path, key);

    private static float[] Weight(string folder, string key)
    {
        NativeRuntime.Load();
        using var file = CheckpointFile.Open(Path.Combine(folder, "base.safetensors"));
        using var tensor = file.Load(key, TorchSharp.torch.ScalarType.Float32, TorchSharp.torch.CPU);
        return tensor.data<float>().ToArray();
    }

    /// <summary>Ends a run after a step, by default as a kill does: without a word to it.</summary>
    private sealed class Stop(long step, Action? how = null) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step != step || value.Activity != "Training") return;
            if (how is null) throw new TimeoutException();
            how();
        }
    }

    private sealed class Watch(List<long> steps) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Activity == "Training") steps.Add(value.Step);
        }
    }
}
