using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

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
        switch (step.Decide(this).Treatment)
        {
            case Treatment.Skip:
                return Skipped(x, step.SkipPath).MoveToOuterDisposeScope();
            case Treatment.Reuse:
                return (Shortcut(x) + step.Treatments.Recall(Unit)).MoveToOuterDisposeScope();
            default:
                var residual = Residual(x, step);
                step.Treatments.Observe(Unit, step.Step ?? 0, x, residual);
                return (Shortcut(x) + residual).MoveToOuterDisposeScope();
        }
    }

    /// <summary>
    /// What FAAS puts in a skipped unit's place: 0.2 y + 0.8 GroupNorm(y) with one group and no affine map, where y is x with its channels
    /// cut or padded with zeros.
    /// </summary>
    public static Tensor Blend(Tensor x, long outputs) // [N, C, H, W] -> [N, C', H, W]
    {
        using var scope = NewDisposeScope();
        var missing = outputs - x.shape[1];
        var y = (missing > 0 ? F.pad(x, [0, 0, 0, 0, 0, missing]) : x.narrow(1, 0, outputs)).to(ScalarType.Float32);
        return ((0.2 * y) + (0.8 * F.group_norm(y, 1))).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The channels of its output.</summary>
    protected abstract long OutputChannels { get; }

    /// <summary>x itself, aliased, unless the channels change.</summary>
    public virtual Tensor Shortcut(Tensor x) => x.alias();

    protected abstract Tensor Residual(Tensor x, StepContext step);

    // Differs from the reference: a skipped unit keeps its shortcut, so that one whose channels change can be skipped too.
    private Tensor Skipped(Tensor x, SkipPath path) => path switch
    {
        SkipPath.FaasLight => Blend(x, OutputChannels),
        SkipPath.FaasHighPass when Unit is { Network: Network.Control, Layer: "middle_block.1" } => Blend(x, OutputChannels),
        _ => Shortcut(x),
    };
}
