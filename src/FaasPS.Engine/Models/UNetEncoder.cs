using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Models;

/// <summary>
/// The input blocks and the middle block of ldm's UNetModel, which the U-Net and FreqControlNet share. Block 0 is a convolution; the others
/// are a ResBlock with or without a transformer, or a downsampling convolution.
/// </summary>
internal sealed class UNetEncoder
{
    private readonly TimeEmbedding timeEmbedding;
    private readonly Conv2d first;
    private readonly List<Block> blocks = [];
    private readonly SkippableUnit[] middle;
    private readonly List<long> channels = [];

    public UNetEncoder(WeightScope w, UnitBuilder builder, UNetConfig config)
    {
        var width = config.ModelChannels;
        timeEmbedding = new TimeEmbedding(w["time_embed"], width);
        first = new Conv2d(w["input_blocks.0.0"], config.InChannels, width, 3, padding: 1);
        channels.Add(width);

        for (var level = 0; level < config.ChannelMult.Length; level++)
        {
            for (var i = 0; i < config.NumResBlocks[level]; i++)
            {
                var outputs = config.ChannelMult[level] * width;
                blocks.Add(new Block(Downsampling, builder.Block($"input_blocks.{channels.Count}", channels[^1], outputs, Downsampling)));
                channels.Add(outputs);
            }
            if (level == config.ChannelMult.Length - 1) break;
            Downsampling *= 2;
            var down = new Conv2d(w[$"input_blocks.{channels.Count}.0.op"], channels[^1], channels[^1], 3, stride: 2, padding: 1);
            blocks.Add(new Block(Downsampling, [], down));
            channels.Add(channels[^1]);
        }

        middle =
        [
            builder.ResBlock("middle_block.0", channels[^1], channels[^1]),
            builder.Transformer("middle_block.1", channels[^1]),
            builder.ResBlock("middle_block.2", channels[^1], channels[^1]),
        ];
    }

    /// <summary>The channels of each input block's output.</summary>
    public IReadOnlyList<long> Channels => channels;

    /// <summary>Latent pixels along one side of a pixel of each input block's output.</summary>
    public IReadOnlyList<int> Downsamplings => [1, .. blocks.Select(block => block.Downsampling)];

    /// <summary>Latent pixels along one side of a middle-block pixel.</summary>
    public int Downsampling { get; } = 1;

    /// <summary>The time embedding of each timestep, [S] -> [S, 4 model channels].</summary>
    public Tensor Embed(Tensor timesteps) => timeEmbedding.Forward(timesteps);

    /// <summary>The first input block, a convolution of the latents.</summary>
    public Tensor Begin(Tensor x) => first.Forward(x); // [N, 4, H, W] -> [N, C, H, W]

    /// <summary>The remaining input blocks and the middle block, as far as the step's plan goes.</summary>
    /// <param name="h">The first input block's output.</param>
    /// <param name="step">The step.</param>
    /// <param name="outputs">Receives each input block's output, the first included; they stay in the current dispose scope.</param>
    /// <returns>The middle block's output; none when the plan ends before it.</returns>
    public Tensor? Continue(Tensor h, StepContext step, List<Tensor> outputs)
    {
        outputs.Add(h);
        foreach (var block in blocks)
        {
            if (outputs.Count > step.Plan.LastInputBlock)
            {
                step.PassOver(block.Units);
                continue;
            }
            h = block.Down?.Forward(h) ?? Through(block.Units, h, step);
            outputs.Add(h);
        }
        if (!step.Plan.Retrieves) return Through(middle, h, step);
        step.PassOver(middle);
        return null;
    }

    /// <summary>Runs units one after another and frees what lies between them.</summary>
    public static Tensor Through(IReadOnlyList<SkippableUnit> units, Tensor input, StepContext step)
    {
        var h = input;
        foreach (var unit in units)
        {
            var y = unit.Forward(h, step);
            if (!ReferenceEquals(h, input)) h.Dispose();
            h = y;
        }
        return h;
    }

    /// <summary>Multiply-accumulates of one sample's pass that no treatment can save: plain convolutions and shortcuts.</summary>
    /// <param name="height">The latents' height.</param>
    /// <param name="width">The latents' width.</param>
    /// <param name="plan">How far the pass goes.</param>
    public long FixedMacs(long height, long width, StepPlan plan) =>
        first.Macs(height, width) + blocks.Take(plan.LastInputBlock).Sum(block =>
        {
            var (h, w) = (height / block.Downsampling, width / block.Downsampling);
            return block.Down?.Macs(h, w) ?? block.Units.Sum(unit => unit.ShortcutMacs(h, w));
        });

    /// <summary>Multiply-accumulates of one sample's residuals, by unit index.</summary>
    public IEnumerable<long> ResidualMacs(long height, long width) => blocks
        .SelectMany(block => block.Units.Select(unit => unit.ResidualMacs(height / block.Downsampling, width / block.Downsampling)))
        .Concat(middle.Select(unit => unit.ResidualMacs(height / Downsampling, width / Downsampling)));

    private sealed record Block(int Downsampling, SkippableUnit[] Units, Conv2d? Down = null);
}
