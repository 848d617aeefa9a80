using TorchSharp;

namespace FaasPS.Engine.Weights.Pickle;

// What an unpickled value can be, besides null, bool, long, BigInteger, double, string, byte[] and List<object?> (lists and sets).

/// <summary>dict and OrderedDict: pairs in file order. Keys are never hashed, so a crafted key costs nothing.</summary>
internal sealed class PickleDict
{
    public List<(object? Key, object? Value)> Items { get; } = [];

    /// <summary>The last value under this key, as Python would have it.</summary>
    public object? Find(string key) =>
        Items.FindLast(item => item.Key is string name && string.Equals(name, key, StringComparison.Ordinal)).Value;
}

internal sealed record PickleTuple(object?[] Items);

/// <summary>One of torch's storage classes, named but never called.</summary>
internal sealed record StorageClass(torch.ScalarType Type);

/// <summary>Elements <see cref="First"/> to <see cref="First"/> + <see cref="Count"/> of the storage under <see cref="Key"/>, which has
/// <see cref="Whole"/> elements.</summary>
internal sealed record PickledStorage(torch.ScalarType Type, string Key, long Whole, long First, long Count);

/// <summary>A tensor over a storage; offset and strides in elements, checked against the storage's announced size.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long First, long[] Shape, long[] Strides);
