using SixLabors.ImageSharp.Formats.Png.Chunks;

namespace SixLabors.ImageSharp.Formats.Png;

public class PngMetadata
{
    /// <summary>Text to be written; the stand-in reads none.</summary>
    public IList<PngTextData> TextData { get; set; } = [];
}
