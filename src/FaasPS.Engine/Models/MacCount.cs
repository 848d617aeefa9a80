using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Models;

/// <summary>Multiply-accumulates of a model's sampling steps, for one latent size and batch.</summary>
/// <param name="model">The model.</param>
/// <param name="height">The latents' height.</param>
/// <param name="width">The latents' width.</param>
/// <param name="batch">The networks' batch: twice the pictures when guided.</param>
internal sealed class MacCount(FcDiffusionModel model, long height, long width, long batch)
{
    private readonly long[][] residuals = [model.Control.ResidualMacs(height, width), model.UNet.ResidualMacs(height, width)];

    /// <summary>What a step costs when every unit runs.</summary>
    public long Full => Fixed(default) + (batch * residuals.Sum(network => network.Sum()));

    /// <summary>What a step costs whatever is decided for its units.</summary>
    public long Fixed(StepPlan plan) => batch * (model.Control.FixedMacs(height, width, plan) + model.UNet.FixedMacs(height, width, plan));

    /// <summary>What a unit's residual costs.</summary>
    public long Residual(Unit unit) => batch * residuals[(int)unit.Network][unit.Index];
}
