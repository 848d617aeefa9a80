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

    /// <summary>The sum of the gradients of weights in float32 since it was last cleared, [Length].</summary>
    public Tensor Gradient { get; } = zeros_like(buffer.Values).DetachFromDisposeScope();

    /// <summary>The same of weights in the narrow type; none where there are none.</summary>
    public Tensor? NarrowGradient { get; } = buffer.Narrow is null ? null : zeros_like(buffer.Narrow).DetachFromDisposeScope();

    public IEnumerable<string> Keys => buffer.Keys;

    public bool Contains(string key) => buffer.Contains(key);

    public long[] ShapeOf(string key) => buffer.ShapeOf(key);

    /// <summary>
    /// A leaf over the weight's values in the type asked for; gradients are added to its part of the flat gradient in place.
    /// </summary>
    public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        var (values, gradient) = dtype == float32 ? (buffer.Values, Gradient)
            : dtype == buffer.Narrow?.dtype ? (buffer.Narrow, NarrowGradient!)
            : throw new WeightsException($"'{key}' is asked for as {dtype}; what is trained is {buffer.Narrow?.dtype ?? float32}");
        using var scope = NewDisposeScope();
        var leaf = buffer.View(values, key).detach().requires_grad_();
        leaf.grad = buffer.View(gradient, key);
        leaves.Add(leaf.DetachFromDisposeScope());
        return leaf;
    }

    /// <summary>Forgets the gradients.</summary>
    public void Clear()
    {
        using var frozen = no_grad();
        Gradient.fill_(0);
        NarrowGradient?.fill_(0);
    }

    public void Dispose()
    {
        leaves.ForEach(leaf => leaf.Dispose());
        Gradient.Dispose();
        NarrowGradient?.Dispose();
    }
}
