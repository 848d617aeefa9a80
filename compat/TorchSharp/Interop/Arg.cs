using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>One argument of an ATen operator, in schema order. Null references are the schema's None.</summary>
internal readonly struct Arg
{
    internal static readonly Arg None = default;

    private Arg(FaasKind kind, long number) => (Kind, Number) = (kind, number);

    private Arg(FaasKind kind, object? value) => (Kind, Object) = (value is null ? FaasKind.None : kind, value);

    internal FaasKind Kind { get; }

    /// <summary>A number, or the bits of a double.</summary>
    internal long Number { get; }

    /// <summary>What must stay alive until the call returns: a tensor, a generator, an array, a string.</summary>
    internal object? Object { get; }

    public static implicit operator Arg(Tensor? value) => new(FaasKind.Tensor, value);

    public static implicit operator Arg(Generator? value) => new(FaasKind.Generator, value);

    public static implicit operator Arg(long value) => new(FaasKind.Int, value);

    public static implicit operator Arg(long? value) => value is { } number ? new(FaasKind.Int, number) : None;

    public static implicit operator Arg(double value) => new(FaasKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(double? value) => value is { } number ? number : None;

    public static implicit operator Arg(bool value) => new(FaasKind.Bool, value ? 1 : 0);

    public static implicit operator Arg(ScalarType value) => new(FaasKind.Int, (long)value);

    public static implicit operator Arg(ScalarType? value) => value is { } type ? type : None;

    // native/abi.h: type * 256 + (index + 1)
    public static implicit operator Arg(Device value) => new(FaasKind.Device, ((long)value.type * 256) + value.index + 1);

    public static implicit operator Arg(Scalar? value) => value is null ? None : new(value.Kind, value.Bits);

    public static implicit operator Arg(string? value) => new(FaasKind.String, value);

    public static implicit operator Arg(long[]? value) => new(FaasKind.IntList, value);

    public static implicit operator Arg(ReadOnlySpan<long> value) => new(FaasKind.IntList, value.ToArray());

    public static implicit operator Arg(double[]? value) => new(FaasKind.DoubleList, value);

    public static implicit operator Arg(Tensor[] value) => new(FaasKind.TensorList, value);
}
