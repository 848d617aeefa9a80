using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>A place in a source of weights: a key prefix, a compute type and a device. A model is built from it, layer by layer; afterwards
/// <see cref="Unused"/> tells which keys nothing asked for. Children share their parent's memory of what was asked.</summary>
public sealed class WeightScope
{
    private readonly IWeightSource source;
    private readonly ConcurrentDictionary<string, bool> asked;

    public WeightScope(IWeightSource source, ScalarType dtype, Device device)
        : this(source, "", dtype, device, new ConcurrentDictionary<string, bool>(StringComparer.Ordinal)) { }

    private WeightScope(IWeightSource source, string prefix, ScalarType dtype, Device device, ConcurrentDictionary<string, bool> asked)
    {
        this.source = source;
        this.asked = asked;
        Prefix = prefix;
        DType = dtype;
        Device = device;
    }

    /// <summary>Empty, or ends with a dot.</summary>
    public string Prefix { get; }

    public ScalarType DType { get; }

    public Device Device { get; }

    /// <summary>weights["input_blocks.1"]["0"] looks under "input_blocks.1.0.".</summary>
    public WeightScope this[string child] => new(source, $"{Prefix}{child}.", DType, Device, asked);

    /// <summary>The same place in another compute type, for layers that stay in float32.</summary>
    public WeightScope As(ScalarType dtype) => new(source, Prefix, dtype, Device, asked);

    /// <summary>The same place in another source; what is asked of that counts as asked here.</summary>
    internal WeightScope From(IWeightSource other) => new(other, Prefix, DType, Device, asked);

    public bool Contains(string key) => source.Contains(Prefix + key);

    /// <exception cref="WeightsException">There is no such key; the message names it.</exception>
    public long[] ShapeOf(string key) => source.ShapeOf(Prefix + key);

    /// <summary>Loads the tensor of this shape; -1 stands for any size. The caller owns it.</summary>
    /// <exception cref="WeightsException">The key is missing or has another shape, or the tensor holds NaN or infinity.</exception>
    public Tensor Tensor(string key, params long[] shape)
    {
        asked.TryAdd(Prefix + key, true);
        return source.Load(Prefix + key, shape, DType, Device);
    }

    /// <summary>The full keys under this prefix that were never loaded, in the source's order.</summary>
    /// <param name="ignored">Keys, or beginnings of keys, relative to the prefix, that no model needs: schedule buffers, say.</param>
    public IReadOnlyList<string> Unused(params string[] ignored) =>
    [
        .. source.Keys.Where(key => key.StartsWith(Prefix, StringComparison.Ordinal) && !asked.ContainsKey(key)
            && !ignored.Any(start => key.AsSpan(Prefix.Length).StartsWith(start, StringComparison.Ordinal))),
    ];
}
