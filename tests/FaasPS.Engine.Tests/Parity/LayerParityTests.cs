using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Tests.Parity;

public sealed class LayerParityTests
{
    private const string UNetPrefix = "model.diffusion_model";

    [Fact]
    public void SinusoidsMeetTheReference()
    {
        using var scope = NewDisposeScope();
        var t = Goldens.Get("timestep_embedding.t");
        Goldens.AssertClose("timestep_embedding.model_channels", TimeEmbedding.Sinusoids(t, 32));
        Goldens.AssertClose("timestep_embedding.odd33", TimeEmbedding.Sinusoids(t, 33));
    }

    [Fact]
    public void TimeEmbeddingMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var weights = TinyModel.Weights(scope);
        var embedding = new TimeEmbedding(weights[UNetPrefix]["time_embed"], 32);
        Goldens.AssertClose("time_embed.out", embedding.Forward(Goldens.Get("timestep_embedding.t")));
    }

    [Theory]
    [InlineData("resblock_same", "input_blocks.1.0", 32, 32)]
    [InlineData("resblock_change", "input_blocks.7.0", 32, 64)]
    public void ResBlocksMeetTheReference(string golden, string layer, long inputs, long outputs)
    {
        using var scope = NewDisposeScope();
        var weights = TinyModel.Weights(scope);
        var block = new ResBlock(weights[UNetPrefix][layer], new Unit(Network.Diffusion, layer, 0), inputs, outputs, 128);
        Goldens.AssertClose($"layer.{golden}.y", Run(block, Goldens.Get($"layer.{golden}.x")));
    }

    [Fact]
    public void SpatialTransformerMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var weights = TinyModel.Weights(scope);
        const string layer = "input_blocks.1.1";
        var transformer = new SpatialTransformer(
            weights[UNetPrefix][layer], new Unit(Network.Diffusion, layer, 0), 32, TinyModel.Config().UNet);
        Goldens.AssertClose("layer.spatial_transformer.y", Run(transformer, Goldens.Get("layer.spatial_transformer.x")));
    }

    [Fact]
    public void ResamplingMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var weights = TinyModel.Weights(scope);
        var down = new Conv2d(weights[UNetPrefix]["input_blocks.2.0.op"], 32, 32, 3, stride: 2, padding: 1);
        Goldens.AssertClose("layer.downsample.y", down.Forward(Goldens.Get("layer.downsample.x")));
        var up = new Conv2d(weights[UNetPrefix]["output_blocks.1.1.conv"], 64, 64, 3, padding: 1);
        Goldens.AssertClose("layer.upsample.y", up.Forward(F.interpolate(Goldens.Get("layer.upsample.x"), scale_factor: [2, 2])));
    }

    /// <summary>Runs a unit with the recorded embedding and context, a timestep for each sample.</summary>
    private static Tensor Run(SkippableUnit unit, Tensor x)
    {
        using var conditioning = new Conditioning(1);
        unit.Prepare(conditioning, Goldens.Get("layer.emb"), Goldens.Get("cond.context"));
        return unit.Forward(x, new StepContext(null, conditioning, new RunEverything()));
    }
}
