using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks;

/// <summary>A model with random weights, on disk. Its pictures are noise; its time is a trained model's.</summary>
internal static class RandomModel
{
    public static void Make(string configPath, string folder, ComputeType type)
    {
        NativeRuntime.Load();
        Directory.CreateDirectory(folder);
        File.Copy(configPath, Path.Combine(folder, "model_config.yaml"), overwrite: true);

        // Building the model once tells which tensors it asks for; they are then drawn again, one by one, while the file is written.
        var weights = new RandomWeights(seed: 0);
        var scalar = type.ToScalarType();
        List<TensorInfo> infos;
        using (new FcDiffusionModel(Sized(ModelConfig.Load(configPath)), weights, type, "cpu"))
            infos = [.. weights.Asked.DistinctBy(info => info.Name).Select(info => info with { DType = scalar })];
        Safetensors.Write(Path.Combine(folder, "model.safetensors"), infos, info => weights.Load(info.Name, info.Shape, scalar, CPU));
    }

    /// <summary>Random weights have no shapes to go by: the text tower's sizes must be told, ViT-H/14's for a context of 1024.</summary>
    public static ModelConfig Sized(ModelConfig config) => config with
    {
        Text = config.Text with
        {
            Width = config.UNet.ContextDim,
            Layers = config.UNet.ContextDim == 1024 ? 24 : 2,
            VocabularySize = config.UNet.ContextDim == 1024 ? 49_408 : 600,
        },
    };
}
