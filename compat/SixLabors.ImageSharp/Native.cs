using System.Runtime.InteropServices;

namespace SixLabors.ImageSharp;

/// <summary>native/codecs.h.</summary>
internal static unsafe partial class Native
{
    public const int MessageSize = 256;
    private const string Library = "faasps_images";

    /// <exception cref="InvalidImageContentException">The native call failed; its reason is the message.</exception>
    public static void Check(int result, byte* message)
    {
        if (result == 0) return;
        string? reason = Marshal.PtrToStringUTF8((nint)message);
        throw new InvalidImageContentException(string.IsNullOrEmpty(reason) ? "Out of memory." : reason);
    }

    [LibraryImport(Library)]
    public static partial int images_jpeg_size(byte* bytes, nuint length, out int width, out int height, byte* message);

    [LibraryImport(Library)]
    public static partial int images_jpeg_decode(byte* bytes, nuint length, byte* pixels, int width, int height, byte* message);

    [LibraryImport(Library)]
    public static partial int images_png_size(byte* bytes, nuint length, out int width, out int height, byte* message);

    [LibraryImport(Library)]
    public static partial int images_png_decode(byte* bytes, nuint length, byte* pixels, int width, int height, byte* message);

    [LibraryImport(Library)]
    public static partial int images_jpeg_encode(
        byte* pixels, int width, int height, int quality, int halveChroma, Output* output, byte* message);

    [LibraryImport(Library)]
    public static partial int images_png_encode(
        byte* pixels, int width, int height, byte* chunks, nuint chunksLength, Output* output, byte* message);

    [LibraryImport(Library)]
    public static partial void images_free(Output* output);

    [StructLayout(LayoutKind.Sequential)]
    public struct Output
    {
        public byte* Bytes;
        public nuint Length;
        public nuint Capacity;
    }
}
