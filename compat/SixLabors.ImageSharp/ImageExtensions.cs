using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;

namespace SixLabors.ImageSharp;

public static class ImageExtensions
{
    public static void SaveAsPng(this Image source, Stream stream, PngEncoder encoder) => (encoder ?? new()).Encode(source, stream);

    public static void SaveAsJpeg(this Image source, Stream stream, JpegEncoder encoder) => (encoder ?? new()).Encode(source, stream);
}
