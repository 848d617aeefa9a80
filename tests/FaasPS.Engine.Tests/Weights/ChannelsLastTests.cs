using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>The layout of convolutions on CUDA, tried on the CPU.</summary>
public sealed class ChannelsLastTests
{
    public ChannelsLastTests() => NativeRuntime.Load();

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    public void TheLayoutIsAnotherAndTheConvolutionTheSame(long kernel)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6, CPU);
        var (x, weight) = (randn([2, 8, 10, 12], generator: generator), randn([16, 8, kernel, kernel], generator: generator));
        var expected = F.conv2d(x, weight);
        var ordered = LoadedWeights.ChannelsLast(weight);
        scope.Attach(ordered);
        Assert.True(weight.IsInvalid, "the given tensor is freed");
        Assert.Equal([16, 8, kernel, kernel], ordered.shape);
        if (kernel > 1) Assert.Equal([8 * kernel * kernel, 1, 8 * kernel, 8], ordered.stride());
        Assert.True((F.conv2d(x, ordered) - expected).abs().max().item<float>() < 1e-4f);
    }

    [Fact]
    public void WeightsOnTheCpuLieAsTheyCame()
    {
        using var loaded = new LoadedWeights(new RandomWeights(seed: 1));
        Assert.True(loaded.Load("a.weight", [4, 3, 3, 3], ScalarType.BFloat16, CPU).is_contiguous());
    }

    /// <summary>No layer takes its input for contiguous: all outputs here lie as their convolutions' weights do.</summary>
    [Fact]
    public void EveryNetworkTakesChannelsLast()
    {
        using var scope = NewDisposeScope();
        using var checkpoint = CheckpointFile.Open(TinyModel.Files().Checkpoint);
        using var model = new FcDiffusionModel(TinyModel.Config(), new Reordered(checkpoint), ComputeType.Float32, "cpu");
        Goldens.AssertClose("vae.moments", model.Autoencoder.Moments(Goldens.Get("image.minus1_1_chw")));
        Goldens.AssertClose("vae.decode_out", model.Autoencoder.Decode(Goldens.Get("vae.decode_in") / model.Config.ScaleFactor));
        Goldens.AssertClose("apply_model.eps", TinyModel.ApplyModel(
            model, Goldens.Get("cond.x_noisy"), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint")));
        var image = new TranslationPipeline(model, TinyModel.Tokenizer()).Run(
            [new(new(128, 128, new byte[128 * 128 * 3]), "a cat", 1)],
            new TranslationOptions { Steps = 3, Mode = TranslationMode.Adaptive, Tolerance = 0.5 })[0];
        Assert.Contains(image.Trace, row => row.Treatment == Treatment.Reuse);
    }

    private sealed class Reordered(IWeightSource source) : IWeightSource
    {
        public IEnumerable<string> Keys => source.Keys;

        public bool Contains(string key) => source.Contains(key);

        public long[] ShapeOf(string key) => source.ShapeOf(key);

        public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
        {
            var tensor = source.Load(key, shape, dtype, device);
            return shape.Length == 4 ? LoadedWeights.ChannelsLast(tensor) : tensor;
        }
    }
}
