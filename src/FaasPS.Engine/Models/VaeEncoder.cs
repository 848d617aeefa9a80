using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>The autoencoder's encoder: ResBlocks at falling resolutions, the middle, mean and log variance out.</summary>
internal sealed class VaeEncoder
{
    private readonly Conv2d convIn;
    private readonly List<Func<Tensor, Tensor>> stages = [];
    private readonly GroupNorm normOut;
    private readonly Conv2d convOut;

    public VaeEncoder(WeightScope w, AutoencoderConfig config)
    {
        long channels = config.Channels;
        convIn = new Conv2d(w["conv_in"], config.InChannels, channels, 3, padding: 1);
        for (var level = 0; level < config.ChannelMult.Length; level++)
        {
            var stage = w[$"down.{level}"];
            var outputs = config.ChannelMult[level] * config.Channels;
            for (var i = 0; i < config.NumResBlocks; i++)
            {
                stages.Add(new VaeResBlock(stage[$"block.{i}"], channels, outputs).Forward);
                channels = outputs;
                if (config.HasAttention(level)) stages.Add(new VaeAttention(stage[$"attn.{i}"], channels).Forward);
            }
            if (level == config.ChannelMult.Length - 1) break;
            var down = new Conv2d(stage["downsample.conv"], channels, channels, 3, stride: 2);
            stages.Add(x => down.Forward(F.pad(x, [0, 1, 0, 1]))); // padded on the right and below only
        }
        stages.Add(new VaeMiddle(w["mid"], channels).Forward);
        normOut = new GroupNorm(w["norm_out"], channels, 1e-6);
        convOut = new Conv2d(w["conv_out"], channels, 2 * config.ZChannels, 3, padding: 1);
    }

    public Tensor Forward(Tensor image) => // [N, 3, 8h, 8w] -> [N, 2 z, h, w]
        convOut.Forward(normOut.Activate(stages.Through(convIn.Forward(image))));
}

/// <summary>Applies the stages of an encoder or decoder.</summary>
internal static class VaeStages
{
    /// <summary>Runs the stages one after another; each one's input is freed as soon as its output is there.</summary>
    public static Tensor Through(this IEnumerable<Func<Tensor, Tensor>> stages, Tensor h)
    {
        foreach (var stage in stages)
        {
            using var scope = NewDisposeScope();
            var y = stage(h).MoveToOuterDisposeScope();
            h.Dispose();
            h = y;
        }
        return h;
    }
}
