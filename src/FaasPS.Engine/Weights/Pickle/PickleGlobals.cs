using System.Collections.Frozen;
using System.Numerics;
using static FaasPS.Engine.Weights.WeightsException;

namespace FaasPS.Engine.Weights.Pickle;

/// <summary>A callable that a pickle may name: its arguments to its result. Nothing else is ever called.</summary>
internal sealed record PickleGlobal(string Name, Func<object?[], object?> Call);

/// <summary>The complete list of globals that a checkpoint's pickle may name: tensors and plain containers.</summary>
internal static class PickleGlobals
{
    private static readonly FrozenDictionary<string, object> Known = Build().ToFrozenDictionary(StringComparer.Ordinal);

    public static object Resolve(string module, string name)
    {
        if (Known.TryGetValue($"{module}.{name}", out var global)) return global;
        throw new WeightsException(
            $"its pickle asks for {Quote($"{module}.{name}")}. Only tensors and plain containers are read from a pickle, nothing is "
            + "ever run: if you trust the file, save its state_dict alone (or as safetensors) with the program that made it");
    }

    private static Dictionary<string, object> Build()
    {
        var known = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (storage, type) in DataTypes.Storages) known.Add(storage, new StorageClass(type));

        void Add(string name, Func<object?[], object?> call) => known.Add(name, new PickleGlobal(name, call));
        Add("collections.OrderedDict", args => args is [] ? new PickleDict() : throw Arguments());
        Add("collections.defaultdict", args => args is [] or [null or PickleGlobal] ? new PickleDict() : throw Arguments());
        Add("torch.Size", args => args is [PickleTuple size] ? size : throw Arguments());
        Add("torch._utils._rebuild_tensor", args => args is [_, _, _, _] ? RebuildTensor(args) : throw Arguments());
        Add("torch._utils._rebuild_tensor_v2", args => args is [_, _, _, _, _, _, ..] ? RebuildTensor(args) : throw Arguments());
        Add("torch._utils._rebuild_parameter", args => args is [PickledTensor data, ..] ? data : throw Arguments());
        // How protocol 2 writes bytes: as text, and the codec's name. No reader here needs them as bytes.
        Add("_codecs.encode", args => args is [string text, "latin1"] ? text : throw Arguments());
        foreach (var module in (string[])["builtins", "__builtin__"])
        {
            Add($"{module}.dict", args => args is [] ? new PickleDict() : throw Arguments());
            foreach (var container in (string[])["list", "set", "frozenset"]) Add($"{module}.{container}", NewList);
            // bytearray(text, encoding) is protocol 2's form, bytearray(bytes) that of 3 and 4.
            Add($"{module}.bytearray", args => args is [] ? "" : args is [string or byte[], ..] ? args[0] : throw Arguments());
        }
        return known;
    }

    // The argument is taken, not copied: a pickle that passes one long list a million times must cost nothing.
    private static object NewList(object?[] args) =>
        args is [] ? new List<object?>() : args is [List<object?> items] ? items : throw Arguments();

    /// <summary>(storage, storage_offset, size, stride, requires_grad, backward_hooks): torch/_utils.py.</summary>
    private static PickledTensor RebuildTensor(object?[] args)
    {
        if (args is not [PickledStorage storage, long first, PickleTuple size, PickleTuple stride, ..]) throw Arguments();
        var shape = Sizes(size);
        var strides = Sizes(stride);
        StoredTensor.CheckGeometry(shape, strides, first, storage.Count);
        return new PickledTensor(storage, first, shape, strides);
    }

    private static long[] Sizes(PickleTuple tuple)
    {
        if (tuple.Items.Length > StoredTensor.MaxRank) throw Arguments();
        return Array.ConvertAll(tuple.Items, item => item switch
        {
            long size => size,
            BigInteger => throw new WeightsException("a tensor's size or stride is beyond 64 bits"),
            _ => throw Arguments(),
        });
    }

    private static WeightsException Arguments() => new("was called with arguments that it does not take");
}
