using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>The autoencoder's ResnetBlock: like the U-Net's, without an embedding.</summary>
internal sealed class VaeResBlock(WeightScope w, long inputs, long outputs)
{
    private readonly GroupNorm norm1 = new(w["norm1"], inputs, 1e-6);
    private readonly Conv2d conv1 = new(w["conv1"], inputs, outputs, 3, padding: 1);
    private readonly GroupNorm norm2 = new(w["norm2"], outputs, 1e-6);
    private readonly Conv2d conv2 = new(w["conv2"], outputs, outputs, 3, padding: 1);
    private readonly Conv2d? shortcut = inputs == outputs ? null : new Conv2d(w["nin_shortcut"], inputs, outputs, 1);

    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var h = conv1.Forward(norm1.Activate(x));
        h = conv2.Forward(norm2.Activate(h));
        return h.add_(shortcut?.Forward(x) ?? x).MoveToOuterDisposeScope();
    }
}

/// <summary>The autoencoder's single-head attention over all pixels.</summary>
internal sealed class VaeAttention(WeightScope w, long channels)
{
    private readonly GroupNorm norm = new(w["norm"], channels, 1e-6);
    private readonly Conv2d query = new(w["q"], channels, channels, 1);
    private readonly Conv2d key = new(w["k"], channels, channels, 1);
    private readonly Conv2d value = new(w["v"], channels, channels, 1);
    private readonly Conv2d projectOut = new(w["proj_out"], channels, channels, 1);

    public Tensor Forward(Tensor x) // [N, C, H, W]
    {
        using var scope = NewDisposeScope();
        var h = norm.Forward(x);
        var y = F.scaled_dot_product_attention(Tokens(query.Forward(h)), Tokens(key.Forward(h)), Tokens(value.Forward(h))); // [N, 1, HW, C]
        return (x + projectOut.Forward(y.squeeze(1).transpose(1, 2).reshape(x.shape))).MoveToOuterDisposeScope();
    }

    private static Tensor Tokens(Tensor x) => x.flatten(2).transpose(1, 2).unsqueeze(1); // [N, C, H, W] -> [N, 1, HW, C]
}

/// <summary>ResBlock, attention, ResBlock: the middle of encoder and decoder.</summary>
internal sealed class VaeMiddle(WeightScope w, long channels)
{
    private readonly VaeResBlock block1 = new(w["block_1"], channels, channels);
    private readonly VaeAttention attention = new(w["attn_1"], channels);
    private readonly VaeResBlock block2 = new(w["block_2"], channels, channels);

    public Tensor Forward(Tensor x) => block2.Forward(attention.Forward(block1.Forward(x)));
}
