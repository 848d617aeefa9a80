using TorchSharp;

namespace FaasPS.Engine.Weights;

/// <summary>What a source says of a tensor before loading it.</summary>
public sealed record TensorInfo(string Name, torch.ScalarType DType, long[] Shape)
{
    public bool Equals(TensorInfo? other) =>
        other is not null && string.Equals(Name, other.Name, StringComparison.Ordinal) && DType == other.DType
        && Shape.AsSpan().SequenceEqual(other.Shape);

    public override int GetHashCode() => HashCode.Combine(StringComparer.Ordinal.GetHashCode(Name), DType, Shape.Length);

    public override string ToString() => $"{Name}: {DType} {ShapeText(Shape)}";

    /// <summary>[320, 4, 3, 3]; -1, any size, is shown as *.</summary>
    internal static string ShapeText(ReadOnlySpan<long> shape)
    {
        var sizes = new List<string>();
        foreach (var size in shape) sizes.Add(size == -1 ? "*" : size.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return $"[{string.Join(", ", sizes)}]";
    }

    /// <summary>True when <paramref name="asked"/> has this rank and these sizes; -1 fits any size.</summary>
    internal bool Fits(ReadOnlySpan<long> asked)
    {
        if (asked.Length != Shape.Length) return false;
        for (var i = 0; i < asked.Length; i++)
            if (asked[i] != -1 && asked[i] != Shape[i]) return false;
        return true;
    }
}
