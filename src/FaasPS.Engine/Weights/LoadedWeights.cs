using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>
/// Passes a source's weights on, laid out as their device wants them, and remembers them, so that whoever built layers from them can free
/// them.
/// </summary>
internal sealed class LoadedWeights(IWeightSource source) : IWeightSource, IDisposable
{
    private readonly ConcurrentQueue<Tensor> tensors = new();

    public IEnumerable<string> Keys => source.Keys;

    /// <summary>The number of weights loaded.</summary>
    public long Count => tensors.Sum(tensor => tensor.numel());

    public bool Contains(string key) => source.Contains(key);

    public long[] ShapeOf(string key) => source.ShapeOf(key);

    public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        var tensor = source.Load(key, shape, dtype, device);
        // Tensor cores take 16-bit convolutions channels-last. A convolution follows its weights' layout, and what comes after it follows
        // its output's: with weights that lie so, nothing is reordered on the way but for the norms.
        if (device.type == DeviceType.CUDA && dtype != float32 && shape.Length == 4) tensor = ChannelsLast(tensor);
        tensors.Enqueue(tensor);
        return tensor;
    }

    public void Dispose()
    {
        foreach (var tensor in tensors) tensor.Dispose();
    }

    /// <summary>The same tensor [A, B, C, D] with B innermost in memory; the given one is freed.</summary>
    internal static Tensor ChannelsLast(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var given = tensor;
        return given.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).DetachFromDisposeScope();
    }
}
