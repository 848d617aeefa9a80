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
    public long Full => FullOf(Network.Control) + FullOf(Network.Diffusion);

    /// <summary>A network's part of it.</summary>
    public long FullOf(Network network) => FixedOf(network, default) + (batch * residuals[(int)network].Sum());

    /// <summary>What a step costs whatever is decided for its units.</summary>
    public long Fixed(StepPlan plan) => FixedOf(Network.Control, plan) + FixedOf(Network.Diffusion, plan);

    /// <summary>A network's part of it.</summary>
    public long FixedOf(Network network, StepPlan plan) => batch * (network == Network.Control
        ? model.Control.FixedMacs(height, width, plan)
        : model.UNet.FixedMacs(height, width, plan));

    /// <summary>What a unit's residual costs.</summary>
    public long Residual(Unit unit) => batch * residuals[(int)unit.Network][unit.Index];
}
