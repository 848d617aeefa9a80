using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>ldm's ResBlock: norm, SiLU, conv, + embedding, norm, SiLU, conv; a 1x1 shortcut where the channels change.</summary>
internal sealed class ResBlock : SkippableUnit
{
    private readonly GroupNorm inNorm;
    private readonly Conv2d inConv;
    private readonly Linear embedding;
    private readonly GroupNorm outNorm;
    private readonly Conv2d outConv;
    private readonly Conv2d? shortcut;
    private readonly long outputs;

    public ResBlock(WeightScope w, Unit unit, long inputs, long outputs, long embeddingChannels) : base(unit)
    {
        this.outputs = outputs;
        inNorm = new GroupNorm(w["in_layers"]["0"], inputs, 1e-5);
        inConv = new Conv2d(w["in_layers"]["2"], inputs, outputs, 3, padding: 1);
        embedding = new Linear(w["emb_layers"]["1"], embeddingChannels, outputs);
        outNorm = new GroupNorm(w["out_layers"]["0"], outputs, 1e-5);
        outConv = new Conv2d(w["out_layers"]["3"], outputs, outputs, 3, padding: 1);
        shortcut = inputs == outputs ? null : new Conv2d(w["skip_connection"], inputs, outputs, 1);
    }

    public override long ResidualMacs(long height, long width) => inConv.Macs(height, width) + outConv.Macs(height, width);

    public override long ShortcutMacs(long height, long width) => shortcut?.Macs(height, width) ?? 0;

    public override void Prepare(Conditioning conditioning, Tensor emb, Tensor context)
    {
        var shift = embedding.Forward(F.silu(emb)); // [S, C']
        conditioning.Shifts[Unit.Index] = conditioning.Keep(shift.unsqueeze(-1).unsqueeze(-1));
    }

    protected override long OutputChannels => outputs;

    public override Tensor Shortcut(Tensor x) => shortcut?.Forward(x) ?? x.alias();

    protected override Tensor Residual(Tensor x, StepContext step)
    {
        var h = inConv.Forward(inNorm.Activate(x)).add_(step.Shift(Unit)); // [N, C', H, W]
        return outConv.Forward(outNorm.Activate(h));
    }
}
