using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>
/// The weights of a <see cref="ParameterBuffer"/> for the layers of one worker: leaves of the autograd graph over the shared values, with
/// gradients of the worker's own, which are parts of one flat tensor as well.
/// </summary>
internal sealed class Replica(ParameterBuffer buffer) : IWeightSource, IDisposable
{
    private readonly List<Tensor> leaves = [];

    /// <summary>The sum of the gradients since it was last cleared, [Length].</summary>
    public Tensor Gradient { get; } = zeros([buffer.Length], device: buffer.Device).DetachFromDisposeScope();

    public IEnumerable<string> Keys => buffer.Keys;

    public bool Contains(string key) => buffer.Contains(key);

    public long[] ShapeOf(string key) => buffer.ShapeOf(key);

    /// <summary>A leaf over the weight's values; gradients are added to its part of <see cref="Gradient"/> in place.</summary>
    public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        if (dtype != float32) throw new WeightsException($"'{key}' is asked for as {dtype}; weights are trained in float32");
        using var scope = NewDisposeScope();
        var leaf = buffer.View(buffer.Values, key).detach().requires_grad_();
        leaf.grad = buffer.View(Gradient, key);
        leaves.Add(leaf.DetachFromDisposeScope());
        return leaf;
    }

    public void Dispose()
    {
        leaves.ForEach(leaf => leaf.Dispose());
        Gradient.Dispose();
    }
}
