using TorchSharp;

namespace FaasPS.Engine.Weights;

/// <summary>Several sources as one: a key comes from the first that has it.</summary>
internal sealed class LayeredWeights(params IWeightSource[] sources) : IWeightSource
{
    public IEnumerable<string> Keys => sources.SelectMany(source => source.Keys).Distinct(StringComparer.Ordinal);

    public bool Contains(string key) => Array.Exists(sources, source => source.Contains(key));

    public long[] ShapeOf(string key) => For(key).ShapeOf(key);

    public torch.Tensor Load(string key, ReadOnlySpan<long> shape, torch.ScalarType dtype, torch.Device device) =>
        For(key).Load(key, shape, dtype, device);

    // The last one says what is missing.
    private IWeightSource For(string key) => Array.Find(sources, source => source.Contains(key)) ?? sources[^1];
}
