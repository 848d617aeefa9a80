using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Models;

/// <summary>
/// What one network needs at every step of a run and is computed once: for each ResBlock the embedding's shift at every timestep, for
/// each transformer the keys and values of the prompts. It belongs to the run; the network itself stays immutable.
/// </summary>
internal sealed class Conditioning(int units) : IDisposable
{
    private readonly List<Tensor> tensors = [];

    /// <summary>By unit: [S, C, 1, 1], one row a timestep; null for transformers.</summary>
    public Tensor?[] Shifts { get; } = new Tensor?[units];

    /// <summary>By unit: keys and values a transformer block, each [N, heads, 77, d]; null for ResBlocks.</summary>
    public (Tensor Key, Tensor Value)[]?[] Contexts { get; } = new (Tensor, Tensor)[]?[units];

    /// <summary>The hint's two maps [N, C, H, W], (1 + mul) and add; only the control branch has them.</summary>
    public (Tensor Scale, Tensor Add)? Hint { get; set; }

    /// <summary>Takes the tensor out of the current dispose scope and keeps it until this is disposed.</summary>
    public Tensor Keep(Tensor tensor)
    {
        tensors.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    public void Dispose() => tensors.ForEach(tensor => tensor.Dispose());
}

/// <summary>One step as a network sees it.</summary>
/// <param name="Step">The sampling step, 0..S-1: the row of the conditioning's shifts. None: each sample has a row of its own.</param>
/// <param name="Conditioning">The network's own.</param>
/// <param name="Treatments">Who decides.</param>
/// <param name="Plan">How far the step goes.</param>
/// <param name="SkipPath">What a skipped unit gives.</param>
internal sealed record StepContext(
    int? Step, Conditioning Conditioning, ITreatments Treatments, StepPlan Plan = default, SkipPath SkipPath = SkipPath.Shortcut)
{
    /// <summary>What to do with a unit.</summary>
    public Decision Decide(SkippableUnit unit) => Treatments.Decide(unit.Unit, Step ?? 0);

    /// <summary>Tells of units that the step does not reach.</summary>
    public void PassOver(IEnumerable<SkippableUnit> units)
    {
        foreach (var unit in units) Treatments.Pass(unit.Unit, Step ?? 0);
    }

    /// <summary>A ResBlock's shift at this step, [1, C, 1, 1], or [N, C, 1, 1] where each sample has its own timestep.</summary>
    public Tensor Shift(Unit unit)
    {
        var shifts = Conditioning.Shifts[unit.Index]!;
        return Step is { } step ? shifts.narrow(0, step, 1) : shifts;
    }
}
