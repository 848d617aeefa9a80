using TorchSharp.Interop;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number on its way to libtorch, kept as libtorch keeps it: every integer as 64 bits, every real as a double.</summary>
public sealed class Scalar : IDisposable
{
    private readonly FaasKind _kind;
    private readonly long _bits;
    private bool _disposed;

    internal Scalar(FaasKind kind, long bits) => (_kind, _bits) = (kind, bits);

    public ScalarType Type => Kind switch
    {
        FaasKind.Double => ScalarType.Float64,
        FaasKind.Bool => ScalarType.Bool,
        _ => ScalarType.Int64,
    };

    internal FaasKind Kind => _disposed ? throw new InvalidOperationException("Scalar invalid -- empty handle.") : _kind;

    internal long Bits => _bits;

    internal double Real => Kind == FaasKind.Double ? BitConverter.Int64BitsToDouble(_bits) : _bits;

    internal long Integer => Kind == FaasKind.Double ? (long)BitConverter.Int64BitsToDouble(_bits) : _bits;

    public static implicit operator Scalar(byte value) => value.ToScalar();

    public static implicit operator Scalar(sbyte value) => value.ToScalar();

    public static implicit operator Scalar(short value) => value.ToScalar();

    public static implicit operator Scalar(int value) => value.ToScalar();

    public static implicit operator Scalar(long value) => value.ToScalar();

    public static implicit operator Scalar(Half value) => value.ToScalar();

    public static implicit operator Scalar(float value) => value.ToScalar();

    public static implicit operator Scalar(double value) => value.ToScalar();

    public static implicit operator Scalar(bool value) => value.ToScalar();

    public void Dispose() => _disposed = true;
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => ToScalar((long)value);

    public static Scalar ToScalar(this sbyte value) => ToScalar((long)value);

    public static Scalar ToScalar(this short value) => ToScalar((long)value);

    public static Scalar ToScalar(this int value) => ToScalar((long)value);

    public static Scalar ToScalar(this long value) => new(FaasKind.Int, value);

    public static Scalar ToScalar(this float value) => ToScalar((double)value);

    public static Scalar ToScalar(this double value) => new(FaasKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static Scalar ToScalar(this bool value) => new(FaasKind.Bool, value ? 1 : 0);

    public static Scalar ToScalar(this Half value) => ToScalar((double)value);

    public static Half ToHalf(this Scalar value) => (Half)value.Real;

    public static float ToSingle(this Scalar value) => (float)value.Real;

    public static double ToDouble(this Scalar value) => value.Real;

    public static sbyte ToSByte(this Scalar value) => (sbyte)value.Integer;

    public static byte ToByte(this Scalar value) => (byte)value.Integer;

    public static short ToInt16(this Scalar value) => (short)value.Integer;

    public static int ToInt32(this Scalar value) => (int)value.Integer;

    public static long ToInt64(this Scalar value) => value.Integer;

    public static bool ToBoolean(this Scalar value) => value.Real != 0;
}
