using System.Runtime.InteropServices;
using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>A run of bytes in the file: one tensor of a safetensors file, or one storage that several tensors may share. Deflated where
/// <see cref="PackedLength"/> is given.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Segment(long Offset, long Length, long? PackedLength = null);

/// <summary>A tensor as it lies in the file: element (i, j, ...) is element <see cref="First"/> + i*stride0 + j*stride1 + ... of
/// its segment.</summary>
internal sealed record StoredTensor(TensorInfo Info, Segment Segment, long First, long[] Strides)
{
    /// <summary>torch's own limit on the number of dimensions that all of its operations support.</summary>
    public const int MaxRank = 64;

    public int ItemSize => DataTypes.Size(Info.DType);

    public long Count => CountOf(Info.Shape);

    /// <summary>How many elements of the segment lie from the first to the last used one, both included. 0 for an empty tensor.</summary>
    public long Extent => ExtentOf(Info.Shape, Strides);

    // The stride of a dimension of size 1 says nothing, and files hold any number there.
    public bool IsContiguous
    {
        get
        {
            var expected = RowMajor(Info.Shape);
            return Enumerable.Range(0, expected.Length).All(i => Info.Shape[i] <= 1 || Strides[i] == expected[i]);
        }
    }

    /// <summary>Strides of a contiguous tensor of this shape.</summary>
    public static long[] RowMajor(long[] shape)
    {
        var strides = new long[shape.Length];
        var step = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(shape[i], 1);
        }
        return strides;
    }

    /// <summary>Number of elements. Sizes beside a zero count as well: no later product over them may overflow.</summary>
    public static long CountOf(long[] shape)
    {
        if (shape.Length > MaxRank) throw new WeightsException(Invariant($"a tensor of {shape.Length} dimensions; {MaxRank} is the limit"));
        Int128 product = 1;
        foreach (var size in shape)
        {
            if (size < 0) throw new WeightsException($"shape {TensorInfo.ShapeText(shape)} has a negative size");
            product *= Math.Max(size, 1);
            if (product > long.MaxValue / 16) throw new WeightsException($"shape {TensorInfo.ShapeText(shape)} is too large to be true");
        }
        return shape.Contains(0) ? 0 : (long)product;
    }

    /// <summary>Throws unless every element lies among the <paramref name="available"/> ones and no element is used to fill up a larger
    /// tensor: what a tensor costs in memory is then bounded by what the file holds.</summary>
    public static void CheckGeometry(long[] shape, long[] strides, long first, long available)
    {
        var count = CountOf(shape);
        if (strides.Length != shape.Length || strides.Any(stride => stride < 0))
            throw new WeightsException($"strides {TensorInfo.ShapeText(strides)} do not fit shape {TensorInfo.ShapeText(shape)}");
        if (first < 0 || first > available || count > available)
            throw new WeightsException(Invariant(
                $"a tensor of shape {TensorInfo.ShapeText(shape)} at element {first} does not fit its storage of {available} elements"));
        if (count == 0) return;
        Int128 last = first;
        for (var i = 0; i < shape.Length; i++)
        {
            last += (Int128)(shape[i] - 1) * strides[i];
            if (last >= available)
                throw new WeightsException(
                    $"shape {TensorInfo.ShapeText(shape)} with strides {TensorInfo.ShapeText(strides)} reaches past its storage");
        }
    }

    private static long ExtentOf(long[] shape, long[] strides)
    {
        if (shape.Contains(0)) return 0;
        var extent = 1L;
        for (var i = 0; i < shape.Length; i++) extent += (shape[i] - 1) * strides[i];
        return extent;
    }
}
