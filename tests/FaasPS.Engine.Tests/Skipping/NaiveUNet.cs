using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Tests.Skipping;

/// <summary>
/// The small model's U-Net as plainly as its weights' names tell it: always the whole network, whatever of it is then thrown away.
/// </summary>
internal sealed class NaiveUNet(DisposeScope owner)
{
    private readonly WeightScope weights = TinyModel.Weights(owner)["model.diffusion_model"];

    /// <summary>Epsilon, and what enters each output block before the skip connection joins it.</summary>
    /// <param name="x">Noisy latents.</param>
    /// <param name="timestep">The timestep.</param>
    /// <param name="context">The prompts' embeddings.</param>
    /// <param name="pairs">The control branch's.</param>
    /// <param name="replaced">An output block and what enters it instead.</param>
    public (Tensor Epsilon, Tensor[] Entering) Forward(
        Tensor x, int timestep, Tensor context, ControlPair[] pairs, (int Block, Tensor H)? replaced = null)
    {
        var emb = new TimeEmbedding(weights["time_embed"], 32).Forward(tensor(new[] { timestep }));
        var outputs = new List<Tensor> { Convolution("input_blocks.0.0", x) };
        for (var i = 1; Has($"input_blocks.{i}.0.in_layers.0.weight") || Has($"input_blocks.{i}.0.op.weight"); i++)
        {
            outputs.Add(Has($"input_blocks.{i}.0.op.weight")
                ? Convolution($"input_blocks.{i}.0.op", outputs[^1], stride: 2)
                : Units($"input_blocks.{i}", outputs[^1], emb, context));
        }
        var h = Transform("middle_block.1", Residual("middle_block.0", outputs[^1], emb, context), emb, context);
        h = pairs[^1].Apply(Residual("middle_block.2", h, emb, context));

        var entering = new List<Tensor>();
        for (var i = 0; i < outputs.Count; i++)
        {
            if (replaced is { } other && other.Block == i) h = other.H;
            entering.Add(h);
            var place = outputs.Count - 1 - i;
            h = Units($"output_blocks.{i}", cat([h, pairs[place].Apply(outputs[place])], 1), emb, context);
            foreach (var last in new[] { $"output_blocks.{i}.1.conv", $"output_blocks.{i}.2.conv" })
                if (Has($"{last}.weight")) h = Convolution(last, F.interpolate(h, scale_factor: [2, 2]));
        }
        h = new GroupNorm(weights["out.0"], h.shape[1], 1e-5).Activate(h);
        return (Convolution("out.2", h), [.. entering]);
    }

    private Tensor Units(string block, Tensor h, Tensor emb, Tensor context)
    {
        h = Residual($"{block}.0", h, emb, context);
        return Has($"{block}.1.norm.weight") ? Transform($"{block}.1", h, emb, context) : h;
    }

    private Tensor Residual(string name, Tensor h, Tensor emb, Tensor context) => Run(
        new ResBlock(weights[name], new Unit(Network.Diffusion, name, 0), h.shape[1], Shape($"{name}.in_layers.2.weight")[0], 128),
        h, emb, context);

    private Tensor Transform(string name, Tensor h, Tensor emb, Tensor context) => Run(
        new SpatialTransformer(weights[name], new Unit(Network.Diffusion, name, 0), h.shape[1], TinyModel.Config().UNet),
        h, emb, context);

    private Tensor Convolution(string name, Tensor h, int stride = 1) =>
        new Conv2d(weights[name], h.shape[1], Shape($"{name}.weight")[0], 3, stride, padding: 1).Forward(h);

    private bool Has(string name) => weights.Contains(name);

    private long[] Shape(string name) => weights.ShapeOf(name);

    private static Tensor Run(SkippableUnit unit, Tensor h, Tensor emb, Tensor context)
    {
        using var conditioning = new Conditioning(1);
        unit.Prepare(conditioning, emb, context);
        return unit.Forward(h, new StepContext(null, conditioning, new RunEverything()));
    }
}
