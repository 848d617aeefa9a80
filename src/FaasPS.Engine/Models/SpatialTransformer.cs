using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>ldm's SpatialTransformer: the pixels of a feature map as tokens through transformer blocks, added to the map.</summary>
internal sealed class SpatialTransformer : SkippableUnit
{

    private readonly long channels;
    private readonly GroupNorm norm;
    private readonly Projection projectIn;
    private readonly Projection projectOut;
    private readonly TransformerBlock[] blocks;

    public SpatialTransformer(WeightScope w, Unit unit, long channels, UNetConfig config) : base(unit)
    {
        this.channels = channels;
        norm = new GroupNorm(w["norm"], channels, 1e-6);
        projectIn = new Projection(w["proj_in"], channels, config.UseLinearInTransformer);
        blocks = [.. Enumerable.Range(0, config.TransformerDepth).Select(i =>
            new TransformerBlock(w[$"transformer_blocks.{i}"], channels, config.ContextDim, config.HeadsAt((int)channels)))];
        projectOut = new Projection(w["proj_out"], channels, config.UseLinearInTransformer);
    }

    public override long ResidualMacs(long height, long width)
    {
        var tokens = height * width;
        return 2 * tokens * channels * channels + blocks.Sum(block => block.Macs(tokens, TextEncoderConfig.ContextLength));
    }

    public override void Prepare(Conditioning conditioning, Tensor emb, Tensor context) =>
        conditioning.Contexts[Unit.Index] = [.. blocks.Select(block =>
        {
            var (key, value) = block.ProjectContext(context);
            return (conditioning.Keep(key.contiguous()), conditioning.Keep(value.contiguous()));
        })];

    protected override long OutputChannels => channels;

    protected override Tensor Residual(Tensor x, StepContext step)
    {
        var (n, height, width) = (x.shape[0], x.shape[2], x.shape[3]);
        var contexts = step.Conditioning.Contexts[Unit.Index]!;
        var tokens = projectIn.Forward(norm.Forward(x).view(n, channels, height * width).transpose(1, 2)); // [N, HW, C]
        for (var i = 0; i < blocks.Length; i++) tokens = blocks[i].Forward(tokens, contexts[i]);
        return projectOut.Forward(tokens).transpose(1, 2).reshape(n, channels, height, width);
    }

    /// <summary>A linear map of tokens; older models store it as a 1x1 convolution, which is the same map.</summary>
    private sealed class Projection(WeightScope w, long channels, bool linear)
    {
        private readonly Tensor weight = linear ? w.Tensor("weight", channels, channels) : w.Tensor("weight", channels, channels, 1, 1);
        private readonly Tensor bias = w.Tensor("bias", channels);

        public Tensor Forward(Tensor tokens) => F.linear(tokens, weight.view(channels, channels), bias);
    }
}

/// <summary>Self-attention, cross-attention and a gated feed-forward layer, each with a norm before and the input added after.</summary>
internal sealed class TransformerBlock(WeightScope w, long channels, long contextChannels, long heads)
{
    private const int Expansion = 4;

    private readonly LayerNorm norm1 = new(w["norm1"], channels);
    private readonly Attention selfAttention = new(w["attn1"], channels, channels, heads);
    private readonly LayerNorm norm2 = new(w["norm2"], channels);
    private readonly Attention crossAttention = new(w["attn2"], channels, contextChannels, heads);
    private readonly LayerNorm norm3 = new(w["norm3"], channels);
    private readonly Linear feedIn = new(w["ff.net.0.proj"], channels, 2 * Expansion * channels);
    private readonly Linear feedOut = new(w["ff.net.2"], Expansion * channels, channels);

    public (Tensor Key, Tensor Value) ProjectContext(Tensor context) => crossAttention.Project(context);

    public Tensor Forward(Tensor x, (Tensor Key, Tensor Value) context) // [N, L, C] -> [N, L, C]
    {
        using var scope = NewDisposeScope();
        x = x + selfAttention.Forward(norm1.Forward(x));
        x = x + crossAttention.Forward(norm2.Forward(x), context);
        return (x + FeedForward(norm3.Forward(x))).MoveToOuterDisposeScope();
    }

    public long Macs(long tokens, long contextTokens) =>
        selfAttention.Macs(tokens, tokens, projectsContext: true)
        + crossAttention.Macs(tokens, contextTokens, projectsContext: false)
        + feedIn.Macs(tokens) + feedOut.Macs(tokens);

    /// <summary>GEGLU (Shazeer 2020): value * gelu(gate), the exact gelu.</summary>
    private Tensor FeedForward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var halves = feedIn.Forward(x).chunk(2, -1); // twice [N, L, 4C]
        return feedOut.Forward(halves[0] * F.gelu(halves[1])).MoveToOuterDisposeScope();
    }
}
