using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>What FreqControlNet gives the U-Net at one place: s becomes (1 + Mul) s + Add.</summary>
internal readonly record struct ControlPair(Tensor Add, Tensor Mul)
{
    public Tensor Apply(Tensor s) => Add.addcmul(s, Mul, 1).add_(s);
}

/// <summary>
/// FCDiffusion's control branch (section 3.3): a copy of the U-Net's encoder that receives one frequency band of the source latent, the
/// hint, and gives an (add, mul) pair for each skip connection and the middle.
/// </summary>
internal sealed class FreqControlNet
{
    private const int HintChannels = 512;

    private readonly UNetEncoder encoder;
    private readonly UnitBuilder builder;
    private readonly Conv2d hintIn;
    private readonly Conv2d hintAdd;
    private readonly Conv2d hintMul;
    private readonly (Conv2d Add, Conv2d Mul)[] zeroConvs;

    public FreqControlNet(WeightScope w, UNetConfig config)
    {
        builder = new UnitBuilder(w, Network.Control, config);
        encoder = new UNetEncoder(w, builder, config);
        hintIn = new Conv2d(w["input_hint_block.0"], config.InChannels, HintChannels, 3, padding: 1);
        hintAdd = new Conv2d(w["hint_add"], HintChannels, config.ModelChannels, 1);
        hintMul = new Conv2d(w["hint_mul"], HintChannels, config.ModelChannels, 1);
        zeroConvs =
        [
            .. encoder.Channels.Select((c, i) => (ZeroConv(w[$"zero_convs_add.{i}.0"], c), ZeroConv(w[$"zero_convs_mul.{i}.0"], c))),
            (ZeroConv(w["middle_block_out_add.0"], encoder.Channels[^1]), ZeroConv(w["middle_block_out_mul.0"], encoder.Channels[^1])),
        ];
    }

    public IReadOnlyList<SkippableUnit> Units => builder.Units;

    /// <summary>Computes what a run needs at every step.</summary>
    /// <param name="timesteps">Those of the run, [S].</param>
    /// <param name="context">The prompts' embeddings, [N, 77, D].</param>
    /// <param name="hint">The control signal, [N, 4, H, W].</param>
    public Conditioning Prepare(Tensor timesteps, Tensor context, Tensor hint)
    {
        using var scope = NewDisposeScope();
        var conditioning = new Conditioning(Units.Count);
        var emb = encoder.Embed(timesteps);
        foreach (var unit in Units) unit.Prepare(conditioning, emb, context);
        var features = F.silu(hintIn.Forward(hint)); // [N, 512, H, W]
        conditioning.Hint = (conditioning.Keep(hintMul.Forward(features).add_(1)), conditioning.Keep(hintAdd.Forward(features)));
        return conditioning;
    }

    /// <summary>The (add, mul) pairs: one for each input block that the step reaches, the last for the middle block.</summary>
    /// <param name="x">Noisy latents, [N, 4, H, W].</param>
    /// <param name="step">The step, with this network's conditioning.</param>
    /// <param name="scale">A factor of all pairs: the reference has one of its own for each, its control_scales.</param>
    /// <returns>Pairs of [N, C_i, H_i, W_i], in the caller's dispose scope.</returns>
    public ControlPair[] Forward(Tensor x, StepContext step, double scale = 1)
    {
        using var scope = NewDisposeScope();
        var (hintScale, hintShift) = step.Conditioning.Hint!.Value;
        var outputs = new List<Tensor>();
        var middle = encoder.Continue(hintShift.addcmul(encoder.Begin(x), hintScale, 1), step, outputs);
        if (middle is not null) outputs.Add(middle);
        Tensor Scaled(Tensor given) => (scale == 1 ? given : given.mul_(scale)).MoveToOuterDisposeScope();
        return [.. outputs.Zip(zeroConvs, (h, zero) => new ControlPair(Scaled(zero.Add.Forward(h)), Scaled(zero.Mul.Forward(h))))];
    }

    /// <summary>Multiply-accumulates of one sample's step that no treatment can save; the hint's maps are computed once a run.</summary>
    /// <param name="height">The latents' height.</param>
    /// <param name="width">The latents' width.</param>
    /// <param name="plan">How far the step goes.</param>
    public long FixedMacs(long height, long width, StepPlan plan = default) => encoder.FixedMacs(height, width, plan)
        + encoder.Downsamplings.Append(encoder.Downsamplings[^1]).Zip(zeroConvs, (factor, zero) =>
            zero.Add.Macs(height / factor, width / factor) + zero.Mul.Macs(height / factor, width / factor))
            .Take(plan.Retrieves ? plan.LastInputBlock + 1 : zeroConvs.Length).Sum();

    /// <summary>Multiply-accumulates of one sample's residuals, by unit index.</summary>
    public long[] ResidualMacs(long height, long width) => [.. encoder.ResidualMacs(height, width)];

    private static Conv2d ZeroConv(WeightScope w, long channels) => new(w, channels, channels, 1);
}
