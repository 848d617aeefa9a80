using FaasPS.Engine.Models;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

public sealed class CheckpointConverterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CheckpointConverterTests() => NativeRuntime.Load();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ALightningCheckpointBecomesSafetensorsWithTheSameWeights()
    {
        var file = CheckpointConverter.Convert(new ConversionOptions(Fixtures.Path("tiny", "model.ckpt"), folder.Of("a.safetensors")));
        using var scope = NewDisposeScope();
        using var before = CheckpointFile.Open(Fixtures.Path("tiny", "model.ckpt"));
        using var after = CheckpointFile.Open(file.Path);
        Assert.Equal("safetensors", after.Format);
        Assert.Equal(before.Keys.Order(StringComparer.Ordinal), after.Keys.Order(StringComparer.Ordinal));
        foreach (var key in before.Keys) Assert.Equal(Load(before, key), Load(after, key));
    }

    [Fact]
    public void HalfPrecisionLeavesTheScheduleAlone()
    {
        CheckpointConverter.Convert(
            new ConversionOptions(Fixtures.Path("tiny", "model.safetensors"), folder.Of("a.safetensors")) { ToHalf = true });
        using var file = CheckpointFile.Open(folder.Of("a.safetensors"));
        Assert.Equal(ScalarType.Float32, file.Tensors["betas"].DType);
        Assert.Equal(ScalarType.Float16, file.Tensors["control_model.hint_add.weight"].DType);
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Of("a.safetensors"), TinyModel.Files().Config), device: "cpu");
        Assert.Equal(TinyModel.Get().Parameters, model.Parameters);
    }

    [Fact]
    public void TheControlBranchThatTrainingStartsFromChangesNothing()
    {
        using var scope = NewDisposeScope();
        var plain = WithoutControl();
        CheckpointConverter.Convert(new ConversionOptions(plain, folder.Of("control.safetensors"))
        {
            ToControl = true,
            Config = TinyModel.Files().Config,
        });
        using var file = CheckpointFile.Open(folder.Of("control.safetensors"));
        Assert.Equal(
            Load(file, "model.diffusion_model.input_blocks.1.0.in_layers.2.weight"),
            Load(file, "control_model.input_blocks.1.0.in_layers.2.weight"));
        Assert.DoesNotContain(file.Keys, key => key.StartsWith("control_model.output_blocks", StringComparison.Ordinal));
        Assert.All(
            file.Keys.Where(key => key.Contains("zero_convs", StringComparison.Ordinal) || key.Contains("hint_mul", StringComparison.Ordinal)),
            key => Assert.All(Load(file, key), value => Assert.Equal(0, value)));
        Assert.Contains(Load(file, "control_model.input_hint_block.0.weight"), value => value != 0);

        // Its configuration lies beside it.
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Of("control.safetensors")), device: "cpu");
        Goldens.AssertClose("apply_model.eps_no_concat", TinyModel.ApplyModel(
            model, Goldens.Get("cond.x_noisy"), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint")));
    }

    [Fact]
    public void AFolderBecomesOneFileWithAllKeysOfTheReference()
    {
        var made = ModelMaker.Create(new FreshModelOptions(Config(), folder.Of("model")) { Bands = [ControlBand.MidPass, ControlBand.LowPass] });
        Assert.Equal(3, made.Count);
        Assert.Contains("name the band", Assert.Throws<ModelException>(
            () => CheckpointConverter.Convert(new ConversionOptions(folder.Of("model"), folder.Of("one.safetensors")))).Message,
            StringComparison.Ordinal);
        CheckpointConverter.Convert(
            new ConversionOptions(folder.Of("model"), folder.Of("one.safetensors")) { Band = ControlBand.MidPass });
        using var scope = NewDisposeScope();
        using var reference = CheckpointFile.Open(TinyModel.Files().Checkpoint);
        using var one = CheckpointFile.Open(folder.Of("one.safetensors"));
        Assert.Equal(reference.Keys.Order(StringComparer.Ordinal), one.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, info) in reference.Tensors) Assert.Equal(info.Shape, one.Tensors[key].Shape);
        foreach (var key in reference.Keys.Where(key => reference.Tensors[key].Shape is [1000]))
        {
            // Recorded in float32 from float64, as here; the logarithm of the first variance is clipped to 1e-20.
            var (expected, actual) = (Load(reference, key), Load(one, key));
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * Math.Max(1, Math.Abs(pair.First))));
        }
    }

    [Fact]
    public void AFreshModelIsSeededAndStartsAsTheIdentity()
    {
        ModelMaker.Create(new FreshModelOptions(Config(), folder.Of("a")) { Seed = 1 });
        ModelMaker.Create(new FreshModelOptions(Config(), folder.Of("b")) { Seed = 1 });
        ModelMaker.Create(new FreshModelOptions(Config(), folder.Of("c")) { Seed = 2 });
        byte[] Base(string name) => File.ReadAllBytes(folder.Of(name, "base.safetensors"));
        Assert.Equal(Base("a"), Base("b"));
        Assert.NotEqual(Base("a"), Base("c"));
        Assert.Throws<ModelException>(() => ModelMaker.Create(new FreshModelOptions(Config(), folder.Of("a"))));

        using var scope = NewDisposeScope();
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Of("a")), device: "cpu");
        var epsilon = TinyModel.ApplyModel(
            model, Goldens.Get("cond.x_noisy"), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"));
        Assert.Equal(0, epsilon.abs().max().item<float>()); // the last convolution starts at zero
        using (var branch = CheckpointFile.Open(folder.Of("a", "control_low_pass.safetensors")))
            Assert.All(Load(branch, "control_model.hint_add.weight"), value => Assert.Equal(0, value));
        using var file = CheckpointFile.Open(folder.Of("a", "base.safetensors"));
        // Uniform in ±1/sqrt(fan in), the variance a third of the square.
        var kernel = Load(file, "model.diffusion_model.input_blocks.1.0.in_layers.2.weight");
        Assert.InRange(kernel.Max(), 0.9f / MathF.Sqrt(288), 1 / MathF.Sqrt(288));
        Assert.Equal(1.0 / (3 * 288), kernel.Average(value => value * value), 1e-4);
        Assert.Contains(Load(file, "model.diffusion_model.input_blocks.1.0.in_layers.2.bias"), value => value != 0);
        Assert.All(Load(file, "first_stage_model.decoder.norm_out.weight"), value => Assert.Equal(1, value));
        Assert.All(Load(file, "cond_stage_model.model.transformer.resblocks.1.attn.in_proj_bias"), value => Assert.Equal(0, value));
    }

    [Fact]
    public void WhatCannotBeConvertedIsNamed()
    {
        void Fails<T>(ConversionOptions options, string part) where T : Exception =>
            Assert.Contains(part, Assert.Throws<T>(() => CheckpointConverter.Convert(options)).Message, StringComparison.Ordinal);
        var tiny = new ConversionOptions(TinyModel.Files().Checkpoint, folder.Of("a.safetensors")) { ToControl = true };
        Fails<ModelException>(tiny, "already");
        Fails<ModelException>(tiny with { Source = Fixtures.Path("tiny", "prompt_router.ckpt") }, "model.diffusion_model.");
        Fails<FileNotFoundException>(tiny with { Source = folder.Of("none.ckpt") }, "none.ckpt");
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    private static float[] Load(CheckpointFile file, string key)
    {
        using var tensor = file.Load(key, ScalarType.Float32, CPU);
        return tensor.data<float>().ToArray();
    }

    /// <summary>The tiny model as a Stable Diffusion checkpoint would be: no control branch.</summary>
    private string WithoutControl()
    {
        using var whole = CheckpointFile.Open(TinyModel.Files().Checkpoint);
        Safetensors.Write(
            folder.Of("plain.safetensors"),
            whole.Tensors.Values.Where(info => !info.Name.StartsWith("control_model.", StringComparison.Ordinal)),
            info => whole.Load(info.Name, info.Shape, info.DType, CPU));
        return folder.Of("plain.safetensors");
    }

    /// <summary>The tiny model's configuration with the text tower's sizes, which a model without weights needs.</summary>
    private string Config()
    {
        var config = TinyModel.Config();
        var path = folder.Of("tiny.yaml");
        File.WriteAllText(
            path, (config with { Text = config.Text with { Width = 64, Layers = 2, Heads = 4, VocabularySize = 600 } }).ToYaml());
        return path;
    }
}
