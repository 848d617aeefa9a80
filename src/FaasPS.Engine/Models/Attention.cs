using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>Multi-head attention of tokens to themselves or to a context (ldm, <c>CrossAttention</c>).</summary>
internal sealed class Attention(WeightScope w, long channels, long contextChannels, long heads)
{
    private readonly Linear toQuery = new(w["to_q"], channels, channels, bias: false);
    private readonly Linear toKey = new(w["to_k"], contextChannels, channels, bias: false);
    private readonly Linear toValue = new(w["to_v"], contextChannels, channels, bias: false);
    private readonly Linear toOut = new(w["to_out"]["0"], channels, channels);

    /// <summary>Keys and values of a context, [N, S, D] -> twice [N, heads, S, d].</summary>
    public (Tensor Key, Tensor Value) Project(Tensor context) => (SplitHeads(toKey.Forward(context)), SplitHeads(toValue.Forward(context)));

    public Tensor Forward(Tensor x, (Tensor Key, Tensor Value) context) // [N, L, C] -> [N, L, C]
    {
        var y = F.scaled_dot_product_attention(SplitHeads(toQuery.Forward(x)), context.Key, context.Value); // [N, heads, L, d]
        return toOut.Forward(y.transpose(1, 2).reshape(x.shape));
    }

    public Tensor Forward(Tensor x) => Forward(x, Project(x));

    /// <summary>Multiply-accumulates; keys and values are counted when they are computed at every call.</summary>
    public long Macs(long tokens, long contextTokens, bool projectsContext) =>
        toQuery.Macs(tokens) + toOut.Macs(tokens) + 2 * tokens * contextTokens * channels
        + (projectsContext ? toKey.Macs(contextTokens) + toValue.Macs(contextTokens) : 0);

    private Tensor SplitHeads(Tensor x) => // [N, L, C] -> [N, heads, L, d]
        x.view(x.shape[0], x.shape[1], heads, channels / heads).transpose(1, 2);
}
