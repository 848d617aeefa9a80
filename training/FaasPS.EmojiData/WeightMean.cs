using FaasPS.Engine;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.EmojiData;

/// <summary>
/// The mean of several runs' weights (model soups, Wortsman et al. 2022): where one run began from the other's, often better than both.
/// </summary>
public static class WeightMean
{
    /// <summary>Writes it, tensor by tensor, in the types of the first file.</summary>
    /// <param name="output">The .safetensors file to write.</param>
    /// <param name="paths">Checkpoints with the same tensors, at least one.</param>
    /// <exception cref="WeightsException">A file cannot be read, or lacks a tensor of the first or has it in another shape.</exception>
    public static void Write(string output, IReadOnlyList<string> paths)
    {
        NativeRuntime.Load();
        var files = new List<CheckpointFile>();
        try
        {
            foreach (var path in paths) files.Add(CheckpointFile.Open(path));
            Safetensors.Write(
                output,
                files[0].Tensors.Values,
                info =>
                {
                    using var scope = NewDisposeScope();
                    var sum = zeros(info.Shape);
                    foreach (var file in files) sum.add_(file.Load(info.Name, info.Shape, ScalarType.Float32, CPU));
                    return (sum / files.Count).to(info.DType).MoveToOuterDisposeScope();
                },
                files[0].Metadata);
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }
    }
}
