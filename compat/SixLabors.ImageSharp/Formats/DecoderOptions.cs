namespace SixLabors.ImageSharp.Formats;

public sealed class DecoderOptions
{
    /// <summary>Of an animated PNG the stand-in reads the default image only.</summary>
    public uint MaxFrames { get; init; } = int.MaxValue;
}
