using FaasPS.Engine.Weights.Pickle;
using static FaasPS.Engine.Weights.WeightsException;

namespace FaasPS.Engine.Weights;

/// <summary>Finds the weights in what a PyTorch checkpoint unpickles to: a bare state dict, or a Lightning checkpoint's 'state_dict' beside
/// optimiser states and hyperparameters.</summary>
internal static class StateDict
{
    /// <param name="root">What the pickle holds.</param>
    /// <param name="locate">Where a storage's bytes lie; throws where the file has none.</param>
    public static IReadOnlyList<StoredTensor> Of(object? root, Func<PickledStorage, Segment> locate)
    {
        if (root is not PickleDict outer) throw new WeightsException("it holds no dictionary of weights");
        var weights = outer.Find("state_dict") is PickleDict inner ? inner : outer;
        var tensors = new List<StoredTensor>();
        foreach (var (key, value) in weights.Items)
        {
            if (value is not PickledTensor tensor) continue;
            if (key is not string name) throw new WeightsException("a weight's key is not text");
            tensors.Add(Stored(name, tensor, locate));
        }
        if (tensors.Count == 0)
        {
            var keys = outer.Items.Take(10).Select(item => item.Key is string name ? Quote(name) : "a key that is not text");
            throw new WeightsException(
                $"it holds no tensors under 'state_dict' nor at its top, which has {string.Join(", ", keys.DefaultIfEmpty("no keys"))}");
        }
        return tensors;
    }

    private static StoredTensor Stored(string name, PickledTensor tensor, Func<PickledStorage, Segment> locate)
    {
        var storage = tensor.Storage;
        var segment = locate(storage);
        // Whole elements of the storage were announced by the pickle; the file must hold them.
        if (storage.Whole > segment.Length / DataTypes.Size(storage.Type))
            throw new WeightsException(FormattableString.Invariant(
                $"{Quote(name)} needs a storage of {storage.Whole} elements of {storage.Type}, and the file's has {segment.Length} bytes"));
        var info = new TensorInfo(name, storage.Type, tensor.Shape);
        return new StoredTensor(info, segment, storage.First + tensor.First, tensor.Strides);
    }
}
