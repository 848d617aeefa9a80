using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Metadata;

namespace SixLabors.ImageSharp;

public static class MetadataExtensions
{
    public static PngMetadata GetPngMetadata(this ImageMetadata source) => source.Png;
}
