using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>
/// All weights that are trained together, in one flat float32 tensor: optimiser, gradient norm, moving average and checkpoints are each a
/// few operations over it, however many layers there are. Layers are built over a <see cref="Replica"/>, whose weights are views of it.
/// </summary>
internal sealed class ParameterBuffer : IDisposable
{
    /// <summary>Each weight begins on a cache line; the gaps stay zero.</summary>
    private const int Alignment = 16;

    private readonly Dictionary<string, Place> places = new(StringComparer.Ordinal);

    /// <summary>Loads the weights that some layers ask for and lays them out in the order they were asked for.</summary>
    /// <param name="initial">Where they begin.</param>
    /// <param name="device">Where they are trained.</param>
    /// <param name="build">Builds the layers. They are discarded: only what they ask for matters here.</param>
    /// <param name="type">What the layers compute in.</param>
    public ParameterBuffer(IWeightSource initial, Device device, Action<WeightScope> build, ScalarType type = ScalarType.Float32)
    {
        Device = device;
        using var recorder = new Recorder(initial);
        build(new WeightScope(recorder, float32, CPU));
        foreach (var (key, tensor) in recorder.Asked)
        {
            places.Add(key, new Place(Length, tensor.shape));
            Length += (tensor.numel() + Alignment - 1) / Alignment * Alignment;
        }

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var values = zeros(Length);
        foreach (var (key, tensor) in recorder.Asked) View(values, key).copy_(tensor);
        Values = values.to(device).DetachFromDisposeScope();
        Narrow = type == ScalarType.Float32 ? null : Values.to(type).DetachFromDisposeScope();
    }

    /// <summary>Where the weights are.</summary>
    public Device Device { get; }

    /// <summary>Elements of every flat tensor, gaps included.</summary>
    public long Length { get; }

    /// <summary>The number of weights, without the gaps.</summary>
    public long Count => places.Values.Sum(place => place.Count);

    /// <summary>The weights' current values, [Length].</summary>
    public Tensor Values { get; }

    /// <summary>
    /// Their copy in the type that layers compute in, [Length]; none where that is float32. It follows the values by <see cref="Round"/>:
    /// steps are small beside what a narrow type resolves, so they are taken in float32 (Micikevicius et al. 2018, section 3.1).
    /// </summary>
    public Tensor? Narrow { get; }

    /// <summary>The weights' keys in the order of the layout.</summary>
    public IEnumerable<string> Keys => places.Keys;

    /// <summary>A weight's shape.</summary>
    public long[] ShapeOf(string key) => Find(key).Shape;

    public bool Contains(string key) => places.ContainsKey(key);

    /// <summary>The part of a flat tensor that belongs to a weight, in its shape; shares memory with it.</summary>
    public Tensor View(Tensor flat, string key)
    {
        var place = Find(key);
        using var part = flat.narrow(0, place.Offset, place.Count);
        return part.view(place.Shape);
    }

    /// <summary>Brings some of the narrow copy up to date.</summary>
    public void Round(long first, long count)
    {
        if (Narrow is null) return;
        using var scope = NewDisposeScope();
        Narrow.narrow(0, first, count).copy_(Values.narrow(0, first, count));
    }

    public void Dispose()
    {
        Values.Dispose();
        Narrow?.Dispose();
    }

    private Place Find(string key) => places.TryGetValue(key, out var place)
        ? place
        : throw new WeightsException($"'{key}' is not among the weights that are trained");

    private sealed record Place(long Offset, long[] Shape)
    {
        public long Count { get; } = Shape.Aggregate(1L, (count, size) => count * size);
    }

    /// <summary>Passes weights on and remembers them.</summary>
    private sealed class Recorder(IWeightSource source) : IWeightSource, IDisposable
    {
        public List<(string Key, Tensor Tensor)> Asked { get; } = [];

        public IEnumerable<string> Keys => source.Keys;

        public bool Contains(string key) => source.Contains(key);

        public long[] ShapeOf(string key) => source.ShapeOf(key);

        public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
        {
            var tensor = source.Load(key, shape, dtype, device);
            Asked.Add((key, tensor));
            return tensor;
        }

        public void Dispose() => Asked.ForEach(item => item.Tensor.Dispose());
    }
}
