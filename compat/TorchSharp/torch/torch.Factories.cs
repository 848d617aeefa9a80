using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.empty_like(dtype, device, requires_grad);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.zeros_like(dtype, device, requires_grad);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        input.ones_like(dtype, device, requires_grad);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        input.full_like(value, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false)
    {
        device = InitializeDevice(device);
        bool whole = is_integral(start.Type) && is_integral(stop.Type) && is_integral(step.Type);
        return Make(requires_grad, "arange.start_step", start, stop, step, dtype ?? (whole ? ScalarType.Int64 : get_default_dtype()),
            Arg.None, device);
    }

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Make(requires_grad, "linspace", (Scalar)start, (Scalar)end, steps, dtype ?? get_default_dtype(),
            Arg.None, InitializeDevice(device));

    public static Tensor logspace(double start, double end, long steps, double @base = 10, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Make(requires_grad, "logspace", (Scalar)start, (Scalar)end, steps, @base, dtype ?? get_default_dtype(), Arg.None,
            InitializeDevice(device));

    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Make(requires_grad, "eye.m", rows, columns == -1 ? rows : columns, dtype ?? get_default_dtype(),
            Arg.None, InitializeDevice(device));

    public static Tensor empty_strided(long[] size, long[] strides, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) =>
        Make(requires_grad, "empty_strided", size, strides, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device));

    /// <summary>A tensor over a file's first <paramref name="size"/> elements, mapped; writing to it changes the file only where it is
    /// <paramref name="shared"/>.</summary>
    public static Tensor from_file(string filename, bool? shared = null, long? size = 0, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false)
    {
        var type = dtype ?? get_default_dtype();
        nint handle = Native.Check(Native.FromFile(filename, shared is true ? 1 : 0, size ?? 0, (int)type));
        return Finish(new Tensor(handle), type, InitializeDevice(device), requires_grad);
    }

    /// <summary>A tensor over the array's own memory, which it pins for as long as it lives; a copy if type or device differ.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device ?? CPU);

    public static unsafe Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        device = InitializeDevice(device);
        var type = ToScalarType(rawArray.GetType().GetElementType()!);
        var pin = GCHandle.Alloc(rawArray, GCHandleType.Pinned);
        nint handle;
        fixed (long* sizes = Shape(rawArray))
        {
            handle = Native.FromBlob((void*)pin.AddrOfPinnedObject(), sizes, rawArray.Rank, (int)type, &Unpin, GCHandle.ToIntPtr(pin));
        }

        if (handle == 0) pin.Free();
        return Finish(new Tensor(Native.Check(handle)), dtype, device, requires_grad);
    }

    public static Tensor as_tensor(Array data, ScalarType? dtype = null, Device? device = null) => from_array(data, dtype, device);

    /// <summary>Makes a tensor; if that fails, once more after the garbage collector has released what nobody holds any longer.</summary>
    private static Tensor Make(bool requires_grad, string name, params Arg[] args)
    {
        Tensor tensor;
        try
        {
            tensor = Aten.Call(name, args);
        }
        catch (ExternalException)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            tensor = Aten.Call(name, args);
        }

        return requires_grad ? tensor.requires_grad_() : tensor;
    }

    private static Tensor Empty(long[] size, ScalarType? dtype, Device? device, bool requires_grad) =>
        Make(requires_grad, "empty.memory_format", size, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device));

    private static Tensor Zeros(long[] size, ScalarType? dtype, Device? device, bool requires_grad) =>
        Make(requires_grad, "zeros", size, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device));

    private static Tensor Ones(long[] size, ScalarType? dtype, Device? device, bool requires_grad) =>
        Make(requires_grad, "ones", size, dtype ?? get_default_dtype(), Arg.None, InitializeDevice(device));

    private static Tensor Full(long[] size, Scalar value, ScalarType? dtype, Device? device, bool requires_grad) =>
        Make(requires_grad, "full", size, value, dtype ?? value.Type, Arg.None, InitializeDevice(device));

    private static Tensor FromScalar(Scalar value, ScalarType type, ScalarType? dtype, Device? device, bool requires_grad)
    {
        device = InitializeDevice(device);
        return Finish(Make(false, "scalar_tensor", value, type, Arg.None, device), dtype, device, requires_grad);
    }

    private static unsafe Tensor FromArray(Array array, ReadOnlySpan<long> shape, ScalarType type, ScalarType? dtype, Device? device,
        bool requires_grad)
    {
        long count = 1;
        foreach (long size in shape) count *= size;
        if (count > array.LongLength)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"mismatched total size creating a tensor from an array: {count} vs. {array.LongLength}"));
        }

        device = InitializeDevice(device);
        var tensor = Empty(shape.ToArray(), type, CPU, requires_grad: false);
        long bytes = count * type.ElementSize();
        fixed (byte* from = &MemoryMarshal.GetArrayDataReference(array)) Buffer.MemoryCopy(from, tensor.DataPointer, bytes, bytes);
        return Finish(tensor, dtype, device, requires_grad);
    }

    private static Tensor Finish(Tensor tensor, ScalarType? dtype, Device device, bool requires_grad)
    {
        var type = dtype ?? tensor.dtype;
        if (type != tensor.dtype || device.type != DeviceType.CPU) tensor = tensor.to(type, device, disposeAfter: true);
        return requires_grad ? tensor.requires_grad_() : tensor;
    }

    private static long[] Shape(Array array)
    {
        var shape = new long[array.Rank];
        for (int i = 0; i < shape.Length; i++) shape[i] = array.GetLongLength(i);
        return shape;
    }

    private static ScalarType ToScalarType(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => ScalarType.Bool,
        TypeCode.Byte => ScalarType.Byte,
        TypeCode.SByte => ScalarType.Int8,
        TypeCode.Int16 => ScalarType.Int16,
        TypeCode.Int32 => ScalarType.Int32,
        TypeCode.Int64 => ScalarType.Int64,
        TypeCode.Single => ScalarType.Float32,
        TypeCode.Double => ScalarType.Float64,
        _ when type == typeof(Half) => ScalarType.Float16,
        _ => throw new NotSupportedException($"The type {type.FullName} is not supported."),
    };

    [UnmanagedCallersOnly]
    private static void Unpin(nint pin) => GCHandle.FromIntPtr(pin).Free();
}
