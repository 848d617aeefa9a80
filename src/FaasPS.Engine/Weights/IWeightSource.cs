using TorchSharp;

namespace FaasPS.Engine.Weights;

/// <summary>Where a model's tensors come from: a checkpoint file, several, or random numbers.</summary>
public interface IWeightSource
{
    IEnumerable<string> Keys { get; }

    bool Contains(string key);

    /// <exception cref="WeightsException">The key is not there; the message names it.</exception>
    long[] ShapeOf(string key);

    /// <summary>Loads one tensor: contiguous, of <paramref name="dtype"/>, on <paramref name="device"/>. The caller owns it; it belongs
    /// to no dispose scope.</summary>
    /// <param name="key">The full key.</param>
    /// <param name="shape">The shape the caller needs; -1 stands for any size.</param>
    /// <param name="dtype">The compute type, whatever the source holds.</param>
    /// <param name="device">Where the tensor is to live.</param>
    /// <exception cref="WeightsException">The key is missing, has another shape (both are named), or holds NaN or infinity.</exception>
    torch.Tensor Load(string key, ReadOnlySpan<long> shape, torch.ScalarType dtype, torch.Device device);
}
