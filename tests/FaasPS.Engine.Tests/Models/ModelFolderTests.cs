using FaasPS.Engine.Models;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Models;

/// <summary>A model as a base and a file for each band's control branch.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ModelFolderTests()
    {
        NativeRuntime.Load();
        File.Copy(TinyModel.Files().Config, folder.Of("model_config.yaml"));
        using var whole = CheckpointFile.Open(TinyModel.Files().Checkpoint);
        ModelWriter.Write(folder.Of("base.safetensors"), ModelShapes.Base(Config(whole)), whole, ScalarType.Float32);
        ModelWriter.Write(folder.Of("control_low_pass.safetensors"), ModelShapes.Control(TinyModel.Config()), whole, ScalarType.Float32);
        ModelWriter.Write(
            folder.Of("control_high_pass.safetensors"), ModelShapes.Control(TinyModel.Config()), new RandomWeights(8), ScalarType.Float32);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EachBandHasItsBranchAndAllShareTheBase()
    {
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        Assert.Equal("low_pass", model.Config.ControlMode); // the configuration's
        Assert.Same(model, model.ForBand(ControlBand.LowPass));
        var high = model.ForBand(ControlBand.HighPass);
        Assert.Same(high, model.ForBand(ControlBand.HighPass));
        Assert.Same(model, high.ForBand(ControlBand.LowPass));
        Assert.Same(model.UNet, high.UNet);
        Assert.NotSame(model.Control, high.Control);
        Assert.Equal(
            "high_pass, low_pass",
            string.Join(", ", ModelFiles.Find(folder.Path).Controls.Keys.Select(band => band.Name()).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void ItComputesWhatTheWholeCheckpointDoes()
    {
        using var scope = NewDisposeScope();
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        var (x, t, context, hint) =
            (Goldens.Get("cond.x_noisy"), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"));
        Goldens.AssertClose("apply_model.eps", TinyModel.ApplyModel(model, x, t, context, hint));
        var other = TinyModel.ApplyModel(model.ForBand(ControlBand.HighPass), x, t, context, hint);
        Assert.False(other.allclose(Goldens.Get("apply_model.eps"), atol: 0.01));
    }

    [Fact]
    public void ABranchFirstUsedByATranslationCanTakePartInGradients()
    {
        using var scope = NewDisposeScope();
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        using (inference_mode()) model.ForBand(ControlBand.HighPass);
        var x = Goldens.Get("cond.x_noisy").clone().requires_grad_();
        TinyModel.ApplyModel(
            model.ForBand(ControlBand.HighPass), x, Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"))
            .square().sum().backward();
        Assert.True(x.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void TheBandAskedForIsTheFirstLoaded()
    {
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu", band: ControlBand.HighPass);
        Assert.Equal("high_pass", model.Config.ControlMode);
        File.Delete(folder.Of("control_low_pass.safetensors"));
        Assert.Throws<FileNotFoundException>(() => model.ForBand(ControlBand.LowPass)); // it was not read before
        using var remaining = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        Assert.Equal("high_pass", remaining.Config.ControlMode);
        var error = Assert.Throws<ModelException>(() => remaining.ForBand(ControlBand.MidPass));
        Assert.Contains("It has high_pass.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABranchOfAnotherModelIsRefusedByItsKeys()
    {
        var config = TinyModel.Config();
        var other = config with { Control = config.Control with { ModelChannels = 64, NumHeadChannels = 8 } };
        ModelWriter.Write(
            folder.Of("control_mid_pass.safetensors"), ModelShapes.Control(other), new RandomWeights(8), ScalarType.Float32);
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        var error = Assert.Throws<WeightsException>(() => model.ForBand(ControlBand.MidPass));
        Assert.Contains("control_model.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABaseAloneSaysWhatIsMissing()
    {
        foreach (var file in Directory.EnumerateFiles(folder.Path, "control_*")) File.Delete(file);
        var error = Assert.Throws<ModelException>(() => FcDiffusionModel.Load(ModelFiles.Find(folder.Path)));
        Assert.Contains("no control branch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryBranchIsFreedWithTheModel()
    {
        var model = FcDiffusionModel.Load(ModelFiles.Find(folder.Path), device: "cpu");
        var high = model.ForBand(ControlBand.HighPass);
        using var scope = NewDisposeScope();
        high.Dispose(); // not its to free
        var (x, t, context, hint) =
            (Goldens.Get("cond.x_noisy"), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"));
        TinyModel.ApplyModel(high, x, t, context, hint);
        model.Dispose();
        Assert.ThrowsAny<InvalidOperationException>(() => TinyModel.ApplyModel(high, x, t, context, hint));
    }

    private static ModelConfig Config(CheckpointFile whole)
    {
        var config = TinyModel.Config();
        var embedding = whole.ShapeOf("cond_stage_model.model.token_embedding.weight");
        return config with
        {
            Text = config.Text with { Width = (int)embedding[1], VocabularySize = (int)embedding[0], Layers = 2 },
        };
    }
}
