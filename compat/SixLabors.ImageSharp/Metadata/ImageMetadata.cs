using SixLabors.ImageSharp.Formats.Png;

namespace SixLabors.ImageSharp.Metadata;

public sealed class ImageMetadata
{
    internal PngMetadata Png { get; } = new();
}
