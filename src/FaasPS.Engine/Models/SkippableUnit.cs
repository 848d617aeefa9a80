using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Models;

/// <summary>y = shortcut(x) + residual(x), where the step's treatment says whether the residual is computed, dropped or recalled.</summary>
internal abstract class SkippableUnit(Unit unit)
{
    public Unit Unit { get; } = unit;

    /// <summary>Multiply-accumulates of one sample's residual for an input of the given height and width.</summary>
    public abstract long ResidualMacs(long height, long width);

    /// <summary>Multiply-accumulates of one sample's shortcut.</summary>
    public virtual long ShortcutMacs(long height, long width) => 0;

    /// <summary>Computes what stays the same over the steps of a run.</summary>
    public abstract void Prepare(Conditioning conditioning, Tensor emb, Tensor context);

    public Tensor Forward(Tensor x, StepContext step) // [N, C, H, W] -> [N, C', H, W]
    {
        using var scope = NewDisposeScope();
        // Differs from the reference: a skipped unit keeps its shortcut, so that one whose channels change can be skipped too.
        switch (step.Treatments.Decide(Unit, step.Step ?? 0).Treatment)
        {
            case Treatment.Skip:
                return Shortcut(x).MoveToOuterDisposeScope();
            case Treatment.Reuse:
                return (Shortcut(x) + step.Treatments.Recall(Unit)).MoveToOuterDisposeScope();
            default:
                var residual = Residual(x, step);
                step.Treatments.Observe(Unit, step.Step ?? 0, x, residual);
                return (Shortcut(x) + residual).MoveToOuterDisposeScope();
        }
    }

    /// <summary>x itself, aliased, unless the channels change.</summary>
    public virtual Tensor Shortcut(Tensor x) => x.alias();

    protected abstract Tensor Residual(Tensor x, StepContext step);
}
