using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Text;

/// <summary>
/// OpenCLIP's text tower as Stable Diffusion 2 uses it (ldm, <c>FrozenOpenCLIPEmbedder</c>): token and position embeddings, causal
/// transformer blocks without the last one (<c>penultimate</c>) or with it (<c>last</c>), a final norm, every token kept.
/// </summary>
internal sealed class OpenClipTextEncoder
{
    private readonly Tensor tokenEmbedding;
    private readonly Tensor positionalEmbedding;
    private readonly Block[] blocks;
    private readonly LayerNorm finalNorm;

    public OpenClipTextEncoder(WeightScope w, TextEncoderConfig config)
    {
        // The reference's configurations tell none of the tower's sizes: the weights do.
        tokenEmbedding = w.Tensor("token_embedding.weight", config.VocabularySize ?? -1, config.Width ?? -1);
        VocabularySize = tokenEmbedding.shape[0];
        Width = tokenEmbedding.shape[1];
        positionalEmbedding = w.Tensor("positional_embedding", TextEncoderConfig.ContextLength, Width);
        var count = (config.Layers ?? CountBlocks(w)) - (config.Layer == "penultimate" ? 1 : 0);
        // Every tower of OpenCLIP has 64 channels a head; the config says where a smaller one differs.
        var heads = config.Heads ?? (Width >= 256 ? Width / 64 : 4);
        blocks = [.. Enumerable.Range(0, count).Select(i => new Block(w[$"transformer.resblocks.{i}"], Width, heads))];
        finalNorm = new LayerNorm(w["ln_final"], Width);
    }

    /// <summary>The tokens it knows.</summary>
    public long VocabularySize { get; }

    /// <summary>The channels of an embedding.</summary>
    public long Width { get; }

    /// <summary>Token ids, int64 [N, 77] -> [N, 77, width].</summary>
    public Tensor Forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var x = tokenEmbedding.index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], Width) + positionalEmbedding;
        foreach (var block in blocks) x = block.Forward(x);
        return finalNorm.Forward(x).MoveToOuterDisposeScope();
    }

    private static int CountBlocks(WeightScope w)
    {
        var count = 0;
        while (w.Contains($"transformer.resblocks.{count}.ln_1.weight")) count++;
        return count;
    }

    /// <summary>A pre-norm transformer block with causal attention and a GELU perceptron.</summary>
    private sealed class Block(WeightScope w, long width, long heads)
    {
        private readonly LayerNorm norm1 = new(w["ln_1"], width);
        private readonly Tensor projectionWeight = w.Tensor("attn.in_proj_weight", 3 * width, width);
        private readonly Tensor projectionBias = w.Tensor("attn.in_proj_bias", 3 * width);
        private readonly Linear attentionOut = new(w["attn.out_proj"], width, width);
        private readonly LayerNorm norm2 = new(w["ln_2"], width);
        private readonly Linear expand = new(w["mlp.c_fc"], width, 4 * width);
        private readonly Linear contract = new(w["mlp.c_proj"], 4 * width, width);

        public Tensor Forward(Tensor x) // [N, L, width]
        {
            using var scope = NewDisposeScope();
            x = x + Attend(norm1.Forward(x));
            return (x + contract.Forward(F.gelu(expand.Forward(norm2.Forward(x))))).MoveToOuterDisposeScope();
        }

        private Tensor Attend(Tensor x)
        {
            var (n, length) = (x.shape[0], x.shape[1]);
            var qkv = F.linear(x, projectionWeight, projectionBias)
                .view(n, length, 3, heads, width / heads).permute(2, 0, 3, 1, 4).unbind(0); // q, k, v: [N, heads, L, d]
            var y = F.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], is_casual: true);
            return attentionOut.Forward(y.transpose(1, 2).reshape(n, length, width));
        }
    }
}
