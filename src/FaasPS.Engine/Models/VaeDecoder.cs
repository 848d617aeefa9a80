using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>The autoencoder's decoder: the middle, then ResBlocks at rising resolutions.</summary>
internal sealed class VaeDecoder
{
    private readonly Conv2d convIn;
    private readonly List<Func<Tensor, Tensor>> stages = [];
    private readonly GroupNorm normOut;
    private readonly Conv2d convOut;

    public VaeDecoder(WeightScope w, AutoencoderConfig config)
    {
        long channels = config.ChannelMult[^1] * config.Channels;
        convIn = new Conv2d(w["conv_in"], config.ZChannels, channels, 3, padding: 1);
        stages.Add(new VaeMiddle(w["mid"], channels).Forward);
        for (var level = config.ChannelMult.Length - 1; level >= 0; level--)
        {
            var stage = w[$"up.{level}"];
            var outputs = config.ChannelMult[level] * config.Channels;
            for (var i = 0; i <= config.NumResBlocks; i++)
            {
                stages.Add(new VaeResBlock(stage[$"block.{i}"], channels, outputs).Forward);
                channels = outputs;
                if (config.HasAttention(level)) stages.Add(new VaeAttention(stage[$"attn.{i}"], channels).Forward);
            }
            if (level == 0) break;
            var up = new Conv2d(stage["upsample.conv"], channels, channels, 3, padding: 1);
            stages.Add(x => up.Forward(F.interpolate(x, scale_factor: [2, 2])));
        }
        normOut = new GroupNorm(w["norm_out"], channels, 1e-6);
        convOut = new Conv2d(w["conv_out"], channels, config.OutChannels, 3, padding: 1);
    }

    public Tensor Forward(Tensor z) => // [N, z, h, w] -> [N, 3, 8h, 8w]
        convOut.Forward(normOut.Activate(stages.Through(convIn.Forward(z))));
}
