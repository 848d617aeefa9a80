using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>ldm's UNetModel with FCDiffusion's control: encoder, middle, and a decoder that takes the encoder's outputs back in.</summary>
internal sealed class UNet
{
    private readonly UNetEncoder encoder;
    private readonly UnitBuilder builder;
    private readonly List<Block> decoder = [];
    private readonly GroupNorm outNorm;
    private readonly Conv2d outConv;

    public UNet(WeightScope w, UNetConfig config)
    {
        builder = new UnitBuilder(w, Network.Diffusion, config);
        encoder = new UNetEncoder(w, builder, config);

        var skips = new Stack<long>(encoder.Channels);
        var channels = encoder.Channels[^1];
        var downsampling = encoder.Downsampling;
        for (var level = config.ChannelMult.Length - 1; level >= 0; level--)
        {
            for (var i = 0; i <= config.NumResBlocks[level]; i++)
            {
                var name = $"output_blocks.{decoder.Count}";
                var outputs = config.ChannelMult[level] * config.ModelChannels;
                var units = builder.Block(name, channels + skips.Pop(), outputs, downsampling);
                channels = outputs;
                var last = level > 0 && i == config.NumResBlocks[level];
                var up = last ? new Conv2d(w[$"{name}.{units.Length}.conv"], channels, channels, 3, padding: 1) : null;
                decoder.Add(new Block(downsampling, units, up));
                if (last) downsampling /= 2;
            }
        }
        outNorm = new GroupNorm(w["out.0"], channels, 1e-5);
        outConv = new Conv2d(w["out.2"], channels, config.OutChannels, 3, padding: 1);
    }

    public IReadOnlyList<SkippableUnit> Units => builder.Units;

    /// <summary>The input blocks and with them the skip connections and the output blocks.</summary>
    public int InputBlocks => decoder.Count;

    /// <summary>Latent pixels along one side of a middle-block pixel: sizes must be multiples of it.</summary>
    public int Downsampling => encoder.Downsampling;

    /// <summary>Computes what a run needs at every step.</summary>
    /// <param name="timesteps">Those of the run, [S].</param>
    /// <param name="context">The prompts' embeddings, [N, 77, D].</param>
    public Conditioning Prepare(Tensor timesteps, Tensor context)
    {
        using var scope = NewDisposeScope();
        var conditioning = new Conditioning(Units.Count);
        var emb = encoder.Embed(timesteps);
        foreach (var unit in Units) unit.Prepare(conditioning, emb, context);
        return conditioning;
    }

    /// <summary>Predicts the noise.</summary>
    /// <param name="x">Noisy latents, [N, 4, H, W].</param>
    /// <param name="step">The step, with this network's conditioning.</param>
    /// <param name="control">FreqControlNet's pairs, or none.</param>
    /// <param name="onlyMidControl">Whether the pairs of the skip connections are left out.</param>
    /// <param name="deep">The run's deep part, where its plans keep or retrieve one.</param>
    /// <returns>epsilon, [N, 4, H, W].</returns>
    public Tensor Forward(
        Tensor x, StepContext step, IReadOnlyList<ControlPair>? control = null, bool onlyMidControl = false, DeepFeature? deep = null)
    {
        using var scope = NewDisposeScope();
        var skips = new List<Tensor>();
        var middle = encoder.Continue(encoder.Begin(x), step, skips);
        var h = middle is null ? deep!.Recall() : control is null ? middle : control[^1].Apply(middle);

        var first = FirstOutputBlock(step.Plan);
        foreach (var block in decoder.Take(first)) step.PassOver(block.Units);
        for (var i = first; i < decoder.Count; i++)
        {
            using var blockScope = NewDisposeScope();
            var place = decoder.Count - 1 - i;
            if (place == step.Plan.Branch && !step.Plan.Retrieves) deep!.Keep(h);
            var skip = control is null || onlyMidControl ? skips[place] : control[place].Apply(skips[place]);
            var y = UNetEncoder.Through(decoder[i].Units, cat([h, skip], 1), step);
            if (decoder[i].Up is { } up) y = up.Forward(F.interpolate(y, scale_factor: [2, 2]));
            h.Dispose();
            skips[place].Dispose();
            h = y.MoveToOuterDisposeScope();
        }
        return outConv.Forward(outNorm.Activate(h)).MoveToOuterDisposeScope();
    }

    /// <summary>Multiply-accumulates of one sample's step that no treatment can save.</summary>
    /// <param name="height">The latents' height.</param>
    /// <param name="width">The latents' width.</param>
    /// <param name="plan">How far the step goes.</param>
    public long FixedMacs(long height, long width, StepPlan plan = default) =>
        encoder.FixedMacs(height, width, plan) + outConv.Macs(height, width) + decoder.Skip(FirstOutputBlock(plan)).Sum(block =>
        {
            var (h, w) = (height / block.Downsampling, width / block.Downsampling);
            return (block.Up?.Macs(2 * h, 2 * w) ?? 0) + block.Units.Sum(unit => unit.ShortcutMacs(h, w));
        });

    /// <summary>Multiply-accumulates of one sample's residuals, by unit index.</summary>
    public long[] ResidualMacs(long height, long width) =>
    [
        .. encoder.ResidualMacs(height, width),
        .. decoder.SelectMany(block => block.Units
            .Select(unit => unit.ResidualMacs(height / block.Downsampling, width / block.Downsampling))),
    ];

    private int FirstOutputBlock(StepPlan plan) => plan.Retrieves ? decoder.Count - 1 - plan.LastInputBlock : 0;

    private sealed record Block(int Downsampling, SkippableUnit[] Units, Conv2d? Up);
}
