using TorchSharp;

namespace FaasPS.Engine.Skipping;

/// <summary>DeepCache on top of another filler, which decides for the units that run.</summary>
/// <param name="inner">Decides for the units that a step reaches.</param>
/// <param name="plans">How far each step goes.</param>
public sealed class DeepCacheTreatments(ITreatments inner, IReadOnlyList<StepPlan> plans) : ITreatments, IDisposable
{
    /// <inheritdoc/>
    public StepPlan Begin(int step, torch.Tensor x)
    {
        inner.Begin(step, x);
        return plans[step];
    }

    /// <inheritdoc/>
    public Decision Decide(Unit unit, int step) => inner.Decide(unit, step);

    /// <inheritdoc/>
    public void Pass(Unit unit, int step) => inner.Pass(unit, step);

    /// <inheritdoc/>
    public void Observe(Unit unit, int step, torch.Tensor input, torch.Tensor residual) => inner.Observe(unit, step, input, residual);

    /// <inheritdoc/>
    public torch.Tensor Recall(Unit unit) => inner.Recall(unit);

    /// <inheritdoc/>
    public void Dispose() => (inner as IDisposable)?.Dispose();
}
