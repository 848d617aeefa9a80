using System.Buffers;
using System.Numerics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using static FaasPS.Engine.Weights.WeightsException;

namespace FaasPS.Engine.Weights;

/// <summary>Brings a stored tensor's bytes from the file straight into a tensor's memory.</summary>
internal static class TensorReader
{
    /// <summary>What one thread reads at a time: small enough to be in its cache for the NaN check, large enough for few calls.</summary>
    private const int ChunkSize = 1 << 20;

    /// <summary>Span&lt;byte&gt; ends at 2 GB.</summary>
    private const long PieceSize = 1L << 30;

    /// <returns>A contiguous tensor on the CPU, of the file's element type.</returns>
    public static Tensor Read(FileStream file, StoredTensor stored, bool requireFinite)
    {
        var tensor = empty([stored.Extent], stored.Info.DType);
        Fill(file, stored, tensor, requireFinite);
        if (stored.IsContiguous) return tensor.view(stored.Info.Shape);
        return tensor.as_strided(stored.Info.Shape, stored.Strides).contiguous();
    }

    /// <summary>The checks that reading makes, on the bytes of a contiguous tensor that is not packed, which stay nowhere.</summary>
    public static void Check(FileStream file, StoredTensor stored, bool requireFinite)
    {
        if (!requireFinite && stored.Info.DType != ScalarType.Bool) return;
        var start = StartOf(stored, 0);
        var handle = file.SafeFileHandle;
        InChunks(stored.Extent * stored.ItemSize, (offset, size) =>
        {
            var scratch = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                FileBytes.Read(handle, start + offset, scratch.AsSpan(0, size));
                Check(scratch.AsSpan(0, size), stored, requireFinite);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(scratch);
            }
        });
    }

    /// <summary>True when a contiguous CPU tensor holds NaN or infinity.</summary>
    public static bool HasNonFinite(Tensor tensor)
    {
        using var flat = tensor.view(-1);
        var perPiece = PieceSize / DataTypes.Size(tensor.dtype);
        for (var first = 0L; first < flat.numel(); first += perPiece)
        {
            using var piece = flat.narrow(0, first, Math.Min(perPiece, flat.numel() - first));
            if (HasNonFinite(piece.bytes, tensor.dtype)) return true;
        }
        return false;
    }

    /// <summary>True when a float of any width is NaN or infinite: all bits of its exponent are set.</summary>
    public static bool HasNonFinite(ReadOnlySpan<byte> bytes, ScalarType type) => type switch
    {
        ScalarType.Float64 => HasAllSet<ulong>(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7ff0_0000_0000_0000),
        ScalarType.Float32 => HasAllSet<uint>(MemoryMarshal.Cast<byte, uint>(bytes), 0x7f80_0000u),
        ScalarType.Float16 => HasAllSet<ushort>(MemoryMarshal.Cast<byte, ushort>(bytes), 0x7c00),
        ScalarType.BFloat16 => HasAllSet<ushort>(MemoryMarshal.Cast<byte, ushort>(bytes), 0x7f80),
        _ => false,
    };

    private static bool HasAllSet<T>(ReadOnlySpan<T> values, T mask) where T : unmanaged, IBinaryInteger<T>
    {
        var masks = new Vector<T>(mask);
        var i = 0;
        for (; i <= values.Length - Vector<T>.Count; i += Vector<T>.Count)
            if (Vector.EqualsAny(new Vector<T>(values[i..]) & masks, masks)) return true;
        for (; i < values.Length; i++)
            if ((values[i] & mask) == mask) return true;
        return false;
    }

    // flat: one dimension of Extent elements.
    private static void Fill(FileStream file, StoredTensor stored, Tensor flat, bool requireFinite)
    {
        using var inflated = stored.Segment.PackedLength is null ? null : ZipDirectory.Inflate(file, stored.Segment);
        if (inflated is not null) Skip(inflated, stored.First * stored.ItemSize);
        var perPiece = PieceSize / stored.ItemSize;
        for (var first = 0L; first < stored.Extent; first += perPiece)
        {
            using var piece = flat.narrow(0, first, Math.Min(perPiece, stored.Extent - first));
            var bytes = piece.bytes;
            if (inflated is null) ReadChunks(file, stored, first, bytes, requireFinite);
            else
            {
                ZipDirectory.Fill(inflated, bytes);
                Check(bytes, stored, requireFinite);
            }
        }
    }

    private static unsafe void ReadChunks(FileStream file, StoredTensor stored, long first, Span<byte> bytes, bool requireFinite)
    {
        var start = StartOf(stored, first);
        var handle = file.SafeFileHandle;
        fixed (byte* pointer = bytes)
        {
            var address = (nint)pointer;
            InChunks(bytes.Length, (offset, size) =>
            {
                var target = new Span<byte>((byte*)address + offset, size);
                FileBytes.Read(handle, start + offset, target);
                Check(target, stored, requireFinite);
            });
        }
    }

    /// <summary>Calls, on several threads where there are several chunks, with each one's offset and size.</summary>
    private static void InChunks(long length, Action<long, int> chunk)
    {
        void Run(long i) => chunk(i * ChunkSize, (int)Math.Min(ChunkSize, length - i * ChunkSize));
        if (length <= ChunkSize)
        {
            Run(0);
            return;
        }
        try
        {
            Parallel.For(0, (length - 1) / ChunkSize + 1, Run);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    // Where the tensor's element lies in the file.
    private static long StartOf(StoredTensor stored, long element) => stored.Segment.Offset + (stored.First + element) * stored.ItemSize;

    private static void Check(ReadOnlySpan<byte> bytes, StoredTensor stored, bool requireFinite)
    {
        if (requireFinite && HasNonFinite(bytes, stored.Info.DType))
            throw new WeightsException(
                $"{Quote(stored.Info.Name)} holds NaN or infinity: the checkpoint is damaged or its training diverged");
        // Any other byte in a bool is undefined behaviour in libtorch's C++.
        if (stored.Info.DType == ScalarType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new WeightsException($"{Quote(stored.Info.Name)} holds booleans that are neither 0 nor 1");
    }

    private static void Skip(Stream inflated, long count)
    {
        var scratch = new byte[Math.Min(count, ChunkSize)];
        for (; count > 0; count -= Math.Min(count, scratch.Length))
            ZipDirectory.Fill(inflated, scratch.AsSpan(0, (int)Math.Min(count, scratch.Length)));
    }
}
