using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>The elements of a CPU tensor, strided or not, in row-major order. Keeps the tensor alive.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private Tensor? _tensor;
    private T* _data;

    internal TensorAccessor(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
        {
            throw new InvalidOperationException(
                "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
        }

        _data = (T*)tensor.DataPointer;
        _tensor = tensor;
    }

    public long Count => _tensor?.numel() ?? 0;

    public bool IsReadOnly => false;

    private Tensor Owner => _tensor ?? throw new ObjectDisposedException(nameof(TensorAccessor<T>));

    /// <summary>One number is a position in row-major order, several are an index a dimension.</summary>
    public T this[params long[] indices]
    {
        get => _data[Offset(indices)];
        set => _data[Offset(indices)] = value;
    }

    public static bool operator ==(TensorAccessor<T> left, TensorAccessor<T> right) =>
        left.Count == right.Count && left.SequenceEqual(right);

    public static bool operator !=(TensorAccessor<T> left, TensorAccessor<T> right) => !(left == right);

    public T[] ToArray()
    {
        if (Owner.ndim == 0) return [_data[0]];
        var result = new T[Count];
        if (result.Length > 0) CopyTo(result);
        return result;
    }

    /// <summary>An array of the tensor's rank; a number gives an array of one element.</summary>
    public Array ToNDArray()
    {
        if (Owner.ndim < 2) return ToArray();
        var array = Array.CreateInstance(typeof(T), Owner.shape);
        var flat = ToArray();
        var index = new long[array.Rank];
        foreach (T value in flat)
        {
            array.SetValue(value, index);
            for (int i = array.Rank - 1; i >= 0 && ++index[i] == array.GetLongLength(i); i--) index[i] = 0;
        }

        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        RequireStart(tensorIndex);
        if (Owner.is_contiguous())
        {
            long count = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
            if (count > 0) new ReadOnlySpan<T>(_data + tensorIndex, (int)count).CopyTo(array[arrayIndex..]);
            return;
        }

        foreach (long offset in Offsets(tensorIndex))
        {
            if (arrayIndex >= array.Length) break;
            array[arrayIndex++] = _data[offset];
        }
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        RequireStart(tensorIndex);
        if (Owner.is_contiguous())
        {
            long count = Math.Min(array.Length - arrayIndex, Count - tensorIndex);
            if (count > 0) array.Slice(arrayIndex, (int)count).CopyTo(new Span<T>(_data + tensorIndex, (int)count));
            return;
        }

        foreach (long offset in Offsets(tensorIndex))
        {
            if (arrayIndex >= array.Length) break;
            _data[offset] = array[arrayIndex++];
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        foreach (long offset in Offsets(0)) yield return At(offset);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override bool Equals(object? obj) =>
        obj is TensorAccessor<T> other && (_data == other._data || (Count == other.Count && this.SequenceEqual(other)));

    public override int GetHashCode() => base.GetHashCode();

    public void Dispose()
    {
        _tensor = null;
        _data = null;
    }

    internal static T ReadItemAt(Tensor tensor, long index)
    {
        tensor.ValidateType(typeof(T));
        return new TensorAccessor<T>(tensor)[index];
    }

    private T At(long offset) => _data[offset];

    private void RequireStart(long index)
    {
        if (index < 0 || index >= Count) throw new ArgumentOutOfRangeException(nameof(index));
    }

    private long Offset(long[] indices)
    {
        if (indices.Length == 1)
        {
            long position = indices[0];
            if (position >= Count) throw new IndexOutOfRangeException();
            if (position < 0) throw new ArgumentOutOfRangeException(nameof(indices));
            return Owner.is_contiguous() ? position : OffsetOf(position, Owner.shape, Owner.stride());
        }

        long offset = 0;
        var (shape, strides) = (Owner.shape, Owner.stride());
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            if (indices[i] >= shape[i] || indices[i] < 0)
            {
                throw new IndexOutOfRangeException(FormattableString.Invariant($"{indices[i]} >= {shape[i]} in dimension {i}."));
            }

            offset += indices[i] * strides[i];
        }

        return offset;
    }

    private IEnumerable<long> Offsets(long position)
    {
        var (shape, strides, count) = (Owner.shape, Owner.stride(), Count);
        bool contiguous = Owner.is_contiguous();
        for (; position < count; position++) yield return contiguous ? position : OffsetOf(position, shape, strides);
    }

    private static long OffsetOf(long position, long[] shape, long[] strides)
    {
        long offset = 0;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            position = Math.DivRem(position, shape[i], out long index);
            offset += index * strides[i];
        }

        return offset;
    }
}
