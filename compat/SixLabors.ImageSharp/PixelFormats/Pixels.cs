using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp.PixelFormats;

public interface IPixel;

public interface IPixel<TSelf> : IPixel, IEquatable<TSelf>
    where TSelf : unmanaged, IPixel<TSelf>;

[StructLayout(LayoutKind.Sequential)]
public struct Rgb24(byte r, byte g, byte b) : IPixel<Rgb24>
{
    public byte R = r;
    public byte G = g;
    public byte B = b;

    public readonly bool Equals(Rgb24 other) => R == other.R && G == other.G && B == other.B;
    public override readonly bool Equals(object? obj) => obj is Rgb24 other && Equals(other);
    public override readonly int GetHashCode() => HashCode.Combine(R, G, B);
}

[StructLayout(LayoutKind.Sequential)]
public struct Rgba32(byte r, byte g, byte b, byte a) : IPixel<Rgba32>
{
    public byte R = r;
    public byte G = g;
    public byte B = b;
    public byte A = a;

    public readonly bool Equals(Rgba32 other) => R == other.R && G == other.G && B == other.B && A == other.A;
    public override readonly bool Equals(object? obj) => obj is Rgba32 other && Equals(other);
    public override readonly int GetHashCode() => HashCode.Combine(R, G, B, A);
}
