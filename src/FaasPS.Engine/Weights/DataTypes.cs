using TorchSharp;
using static TorchSharp.torch;
using static FaasPS.Engine.Weights.WeightsException;

namespace FaasPS.Engine.Weights;

/// <summary>The element types of weights and their names in the two families of files.</summary>
internal static class DataTypes
{
    /// <summary>Name in safetensors, storage class in PyTorch's pickles, bytes an element.</summary>
    private static readonly (ScalarType Type, string Safetensors, string Storage, int Size)[] Table =
    [
        (ScalarType.Float64, "F64", "torch.DoubleStorage", 8),
        (ScalarType.Float32, "F32", "torch.FloatStorage", 4),
        (ScalarType.Float16, "F16", "torch.HalfStorage", 2),
        (ScalarType.BFloat16, "BF16", "torch.BFloat16Storage", 2),
        (ScalarType.Int64, "I64", "torch.LongStorage", 8),
        (ScalarType.Int32, "I32", "torch.IntStorage", 4),
        (ScalarType.Int16, "I16", "torch.ShortStorage", 2),
        (ScalarType.Int8, "I8", "torch.CharStorage", 1),
        (ScalarType.Byte, "U8", "torch.ByteStorage", 1),
        (ScalarType.Bool, "BOOL", "torch.BoolStorage", 1),
    ];

    public static IEnumerable<(string Storage, ScalarType Type)> Storages => Table.Select(row => (row.Storage, row.Type));

    public static int Size(ScalarType type) => Row(type).Size;

    public static string SafetensorsName(ScalarType type) => Row(type).Safetensors;

    public static ScalarType FromSafetensors(string name)
    {
        foreach (var row in Table)
            if (string.Equals(row.Safetensors, name, StringComparison.Ordinal)) return row.Type;
        throw new WeightsException(
            $"element type {Quote(name)} is not one this reader knows ({string.Join(", ", Table.Select(row => row.Safetensors))})");
    }

    private static (ScalarType Type, string Safetensors, string Storage, int Size) Row(ScalarType type)
    {
        foreach (var row in Table)
            if (row.Type == type) return row;
        throw new WeightsException($"weights of type {type} are neither read nor written");
    }
}
