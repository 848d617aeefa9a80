using System.Globalization;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Models;

public sealed class MacCountTests
{
    /// <summary>The reference's own sizes cost 402 G and 139.5 G multiply-accumulates a call and image, counted independently.</summary>
    [Fact]
    public void FullSizeCostsWhatWasCountedForTheReference()
    {
        NativeRuntime.Load();
        var config = ModelConfig.Load(Fixtures.Path("full", "model_config.yaml"));
        using var model = new FcDiffusionModel(
            config with { Text = config.Text with { Layers = 1, Width = 1024, VocabularySize = 600 } }, new NoNumbers(), device: "cpu");

        var unet = model.UNet.FixedMacs(64, 64) + model.UNet.ResidualMacs(64, 64).Sum();
        var control = model.Control.FixedMacs(64, 64) + model.Control.ResidualMacs(64, 64).Sum();
        Assert.Equal(402e9, unet, 0.01 * 402e9);
        // Its figure counts the hint's maps (1.4 G), which are computed once a run here and not at every call.
        Assert.Equal(139.5e9 - 1.4e9, control, 0.01 * 139.5e9);
        Assert.Equal(2 * (unet + control), new MacCount(model, 64, 64, batch: 2).Full);
    }

    /// <summary>DeepCache with the control branch cut at the same block, counted independently (two decimals).</summary>
    [Theory]
    [InlineData(0, 2, 1.88)]
    [InlineData(0, 3, 2.67)]
    [InlineData(0, 5, 4.00)]
    [InlineData(1, 3, 2.08)]
    [InlineData(1, 5, 2.65)]
    [InlineData(2, 3, 1.69)]
    [InlineData(3, 3, 1.57)]
    [InlineData(3, 5, 1.77)]
    public void DeepCacheSavesWhatWasCounted(int branch, int interval, double ratio)
    {
        NativeRuntime.Load();
        var config = ModelConfig.Load(Fixtures.Path("full", "model_config.yaml"));
        using var model = new FcDiffusionModel(
            config with { Text = config.Text with { Layers = 1, Width = 1024, VocabularySize = 600 } }, new NoNumbers(), device: "cpu");
        var macs = new MacCount(model, 64, 64, batch: 2);
        var plan = new StepPlan(branch, Retrieves: true);
        var reached = model.Units.Where(unit => unit.Layer.Split('.') is [var blocks, var number, _] && blocks switch
        {
            "input_blocks" => int.Parse(number, CultureInfo.InvariantCulture) <= branch,
            "output_blocks" => int.Parse(number, CultureInfo.InvariantCulture) >= 11 - branch,
            _ => false,
        });
        // Its figures count the hint's maps at every step, which are computed once a run here.
        const double Hint = 2 * 1.4e9;
        var (whole, retrieval) = (macs.Full + Hint, macs.Fixed(plan) + reached.Sum(macs.Residual) + Hint);
        Assert.Equal(ratio, interval * whole / (whole + ((interval - 1) * retrieval)), 0.005 * ratio);
    }

    [Fact]
    public void UnitsAreTheSkippableLayersOfTheFullSizeNetworks()
    {
        NativeRuntime.Load();
        var config = ModelConfig.Load(Fixtures.Path("full", "model_config.yaml"));
        using var model = new FcDiffusionModel(
            config with { Text = config.Text with { Layers = 1, Width = 1024, VocabularySize = 600 } }, new NoNumbers(), device: "cpu");

        Assert.Equal(38, model.UNet.Units.Count); // 8 + 6 input, 3 middle, 12 + 9 output
        Assert.Equal(17, model.Control.Units.Count);
        Assert.Equal(Enumerable.Range(0, 38), model.UNet.Units.Select(unit => unit.Unit.Index));
        Assert.Contains(model.UNet.Units, unit => unit.Unit.Layer == "output_blocks.11.1");
        Assert.Contains(model.Control.Units, unit => unit.Unit.Layer == "input_blocks.4.1");
    }

    /// <summary>A model of any size in no memory: counting needs sizes, not numbers.</summary>
    private sealed class NoNumbers : IWeightSource
    {
        public IEnumerable<string> Keys => [];

        public bool Contains(string key) => true;

        public long[] ShapeOf(string key) => throw new NotSupportedException(key);

        public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
        {
            using var scope = NewDisposeScope();
            return zeros([1], dtype).expand(shape.ToArray()).DetachFromDisposeScope();
        }
    }
}
