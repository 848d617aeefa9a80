using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>The keys and shapes of a configuration's weights, as its networks ask for them.</summary>
internal static class ModelShapes
{
    /// <summary>The beginnings of what all bands share: autoencoder, U-Net, text tower.</summary>
    public static readonly string[] BasePrefixes = ["first_stage_model.", "model.diffusion_model.", "cond_stage_model.model."];

    public const string ControlPrefix = "control_model.";

    /// <summary>Autoencoder, U-Net and text tower; of the tower the last block as well, which penultimate leaves out.</summary>
    public static IReadOnlyList<TensorInfo> Base(ModelConfig config) => Record(weights =>
    {
        _ = new AutoencoderKL(weights["first_stage_model"], config.FirstStage);
        _ = new UNet(weights["model.diffusion_model"], config.UNet);
        _ = new OpenClipTextEncoder(weights["cond_stage_model.model"], Sized(config).Text with { Layer = "last" });
    });

    /// <summary>The control branch.</summary>
    public static IReadOnlyList<TensorInfo> Control(ModelConfig config) =>
        Record(weights => _ = new FreqControlNet(weights["control_model"], config.Control));

    /// <summary>With the text tower's sizes: ViT-H/14's depth and CLIP's vocabulary where the configuration, like the reference's, does not tell.</summary>
    public static ModelConfig Sized(ModelConfig config) => config with
    {
        Text = config.Text with
        {
            Width = config.UNet.ContextDim,
            Layers = config.Text.Layers ?? 24,
            VocabularySize = config.Text.VocabularySize ?? 49_408,
        },
    };

    private static List<TensorInfo> Record(Action<WeightScope> build)
    {
        using var scope = NewDisposeScope();
        var recorder = new Recorder();
        build(new WeightScope(recorder, float32, META));
        return recorder.Asked;
    }

    /// <summary>Gives tensors without memory.</summary>
    private sealed class Recorder : IWeightSource
    {
        public List<TensorInfo> Asked { get; } = [];

        public IEnumerable<string> Keys => Asked.Select(info => info.Name);

        public bool Contains(string key) => false;

        public long[] ShapeOf(string key) => throw new WeightsException($"nothing is known of '{key}' but what the configuration tells");

        public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
        {
            Asked.Add(new TensorInfo(key, dtype, shape.ToArray()));
            return empty(shape.ToArray(), dtype, device);
        }
    }
}
