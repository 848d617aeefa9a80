using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>Weights kept in memory, for a file that is about to be replaced: some systems do not replace a file that is open.</summary>
internal sealed class MemoryWeights : IWeightSource, IDisposable
{
    private readonly Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Reads all of a checkpoint.</summary>
    public MemoryWeights(CheckpointFile checkpoint)
    {
        foreach (var (key, info) in checkpoint.Tensors) tensors.Add(key, checkpoint.Load(key, info.DType, CPU));
    }

    public IEnumerable<string> Keys => tensors.Keys;

    public bool Contains(string key) => tensors.ContainsKey(key);

    public long[] ShapeOf(string key) => Find(key).shape;

    public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        var tensor = Find(key);
        if (!new TensorInfo(key, tensor.dtype, tensor.shape).Fits(shape))
            throw new WeightsException(
                $"'{key}' has the shape {TensorInfo.ShapeText(tensor.shape)} where the model needs {TensorInfo.ShapeText(shape)}");
        using var scope = NewDisposeScope();
        return tensor.to(dtype).to(device).alias().DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in tensors.Values) tensor.Dispose();
    }

    private Tensor Find(string key) =>
        tensors.TryGetValue(key, out var tensor) ? tensor : throw new WeightsException($"the model has no '{key}'");
}
