using System.Collections.Concurrent;
using TorchSharp;

namespace FaasPS.Engine.Weights;

/// <summary>Passes a source's weights on and remembers them, so that whoever built layers from them can free them.</summary>
internal sealed class LoadedWeights(IWeightSource source) : IWeightSource, IDisposable
{
    private readonly ConcurrentQueue<torch.Tensor> tensors = new();

    public IEnumerable<string> Keys => source.Keys;

    /// <summary>The number of weights loaded.</summary>
    public long Count => tensors.Sum(tensor => tensor.numel());

    public bool Contains(string key) => source.Contains(key);

    public long[] ShapeOf(string key) => source.ShapeOf(key);

    public torch.Tensor Load(string key, ReadOnlySpan<long> shape, torch.ScalarType dtype, torch.Device device)
    {
        var tensor = source.Load(key, shape, dtype, device);
        tensors.Enqueue(tensor);
        return tensor;
    }

    public void Dispose()
    {
        foreach (var tensor in tensors) tensor.Dispose();
    }
}
