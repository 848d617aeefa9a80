using TorchSharp;

namespace FaasPS.Engine.Skipping;

/// <summary>Full mode: every unit runs at every step.</summary>
public sealed class RunEverything : ITreatments
{
    private static readonly Decision Run = new(Treatment.Run, "full");

    /// <inheritdoc/>
    public Decision Decide(Unit unit, int step) => Run;

    /// <inheritdoc/>
    public void Observe(Unit unit, int step, torch.Tensor input, torch.Tensor residual)
    {
    }

    /// <inheritdoc/>
    public torch.Tensor Recall(Unit unit) =>
        throw new InvalidOperationException($"Full mode reuses nothing, yet {unit} asked for a residual.");
}
