using FaasPS.Engine.Calibration;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests.Calibration;

public sealed class PolicyCheckTests
{
    [Fact]
    public void TheReferencesPolicyFitsItsModel()
    {
        var fit = PolicyCheck.Fit(PolicyFile.Read(Fixtures.Path("tiny", "policy_low_pass.json")), TinyModel.Get());
        Assert.True(fit.IsValid);
        Assert.Equal(14, fit.Unnamed.Count); // the output blocks' units
        Assert.InRange(fit.MacsSkippable, 0.001, fit.MacsAtBest);
        Assert.InRange(fit.MacsAtBest, fit.MacsSkippable, 0.5);
    }

    [Fact]
    public void WhatDoesNotFitIsSorted()
    {
        var policy = Policy(
            ["input_blocks.1.0", "input_blocks.0.0", "input_blocks.2.0", "input_blocks.2.1", "output_blocks.2.1"],
            ["input_blocks.1.0", "input_blocks.1.0", "output_blocks.1.1", "output_blocks.3.2", "output_blocks.9.0", "nonsense"])
            with { UnitTolerances = new Dictionary<string, double> { ["diffusion_model.input_blocks.1.0"] = 2, ["control_model.none"] = 2 } };
        var fit = PolicyCheck.Fit(policy, TinyModel.Get());
        Assert.False(fit.IsValid);
        Assert.Equal(
            [
                "control_model.input_blocks.2.1", "control_model.output_blocks.2.1", "diffusion_model.output_blocks.9.0",
                "diffusion_model.nonsense", "control_model.none",
            ],
            fit.Unknown);
        Assert.Equal(
            [
                "control_model.input_blocks.0.0", "control_model.input_blocks.2.0", "diffusion_model.output_blocks.1.1",
                "diffusion_model.output_blocks.3.2",
            ],
            fit.NotSkippable);
        Assert.Equal(["diffusion_model.input_blocks.1.0"], fit.Repeated);
        Assert.Equal(32, fit.Unnamed.Count);
    }

    [Fact]
    public void SkippingEverythingSavesAllTheResiduals()
    {
        var model = TinyModel.Get();
        var all = Policy(
            [.. model.Control.Units.Select(unit => unit.Unit.Layer)], [.. model.UNet.Units.Select(unit => unit.Unit.Layer)]);
        var fit = PolicyCheck.Fit(all, model);
        Assert.True(fit.IsValid);
        Assert.Empty(fit.Unnamed);
        var macs = new MacCount(model, 16, 16, batch: 1);
        Assert.Equal(1 - ((double)macs.Fixed(default) / macs.Full), fit.MacsSkippable, 12);
        Assert.Equal(fit.MacsSkippable, fit.MacsAtBest);
    }

    private static SkipPolicy Policy(string[] control, string[] diffusion)
    {
        KeyValuePair<string, Verdict>[] Skip(string[] layers) => [.. layers.Select(l => KeyValuePair.Create(l, Verdict.AlwaysSkip))];
        return new SkipPolicy("p", null, null, Skip(control), Skip(diffusion));
    }
}
