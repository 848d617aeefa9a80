using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>Random numbers for whatever is asked: a model of any configuration can be built from it, measured, and saved with
/// <see cref="Asked"/> and <see cref="Safetensors"/>. A key's numbers depend on the seed and the key alone, not on when it is asked,
/// the type or the device.</summary>
/// <param name="seed">The same seed gives the same weights.</param>
/// <param name="shapes">Shapes that a model wants to know before it asks. When given, these keys are all there is, as in a file.</param>
public sealed class RandomWeights(long seed, IReadOnlyDictionary<string, long[]>? shapes = null) : IWeightSource
{
    /// <summary>Spread of biases and of norm scales around 1: small, but not so small that a forgotten bias goes unseen.</summary>
    private const double VectorSpread = 0.02;

    private readonly ConcurrentQueue<TensorInfo> asked = new();

    /// <summary>What was loaded so far, in that order.</summary>
    public IReadOnlyCollection<TensorInfo> Asked => asked;

    public IEnumerable<string> Keys => shapes?.Keys ?? asked.Select(info => info.Name);

    public bool Contains(string key) => shapes?.ContainsKey(key) ?? true;

    public long[] ShapeOf(string key) =>
        shapes is not null && shapes.TryGetValue(key, out var shape)
            ? shape
            : throw new WeightsException($"random weights do not know the shape of '{key}': give it to them, or load from a checkpoint");

    public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        var whole = shapes is null ? shape.ToArray() : ShapeOf(key);
        if (whole.Contains(-1) || !new TensorInfo(key, dtype, whole).Fits(shape))
            throw new WeightsException(
                $"random weights for '{key}' cannot have the shape {TensorInfo.ShapeText(shape)}; known is {TensorInfo.ShapeText(whole)}");
        asked.Enqueue(new TensorInfo(key, dtype, whole));
        using var scope = NewDisposeScope();
        // Matrices and kernels [out, in, ...]: a variance of 1/fan_in keeps activations at their scale (He et al., arXiv 1502.01852, 2.2).
        var spread = whole.Length < 2 ? VectorSpread : 1 / Math.Sqrt(Math.Max(1, StoredTensor.CountOf(whole[1..])));
        var mean = whole.Length == 1 && key.EndsWith(".weight", StringComparison.Ordinal) ? 1.0 : 0.0;
        using var generator = new Generator(SeedOf(key), CPU);
        var numbers = empty(whole, ScalarType.Float32).normal_(mean, spread, generator);
        return numbers.to(dtype).to(device).DetachFromDisposeScope();
    }

    private ulong SeedOf(string key) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed} {key}"))));
}
