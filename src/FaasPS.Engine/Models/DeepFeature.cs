using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Models;

/// <summary>The deep part of the U-Net as the last step that ran it left it; it belongs to one run.</summary>
internal sealed class DeepFeature : IDisposable
{
    private Tensor? kept;

    /// <summary>Keeps an output block's input, before the skip connection joins it; no copy.</summary>
    public void Keep(Tensor h) // [N, C, H, W]
    {
        kept?.Dispose();
        kept = h.alias().DetachFromDisposeScope();
    }

    /// <summary>What was kept, in the current dispose scope.</summary>
    public Tensor Recall() =>
        kept?.alias() ?? throw new InvalidOperationException("A step retrieves what no step before it has kept.");

    public void Dispose() => kept?.Dispose();
}
