namespace FaasPS.Engine.Imaging;

/// <summary>
/// A file format seen from outside: what size the header says, and whether the file holds all of the picture. ImageSharp fills what a
/// cut-off file lacks with black or grey and says nothing, so this is found out before decoding.
/// </summary>
internal abstract class ImageContainer
{
    /// <summary>Wider than any format's field, so that areas do not overflow.</summary>
    public long Width { get; private protected init; }
    public long Height { get; private protected init; }

    /// <exception cref="ImageException">Neither a PNG nor a JPEG, or its header is cut off or damaged.</exception>
    public static ImageContainer Of(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.StartsWith(PngContainer.Signature)) return new PngContainer(bytes, name);
        if (bytes.StartsWith(JpegContainer.Signature)) return new JpegContainer(bytes, name);
        throw new ImageException(
            ImageProblem.UnknownFormat, name, $"'{name}' is not an image that can be read. PNG and JPEG are; convert it to one of them.");
    }

    /// <exception cref="ImageException">The file ends before the picture does, or its frame is damaged.</exception>
    public abstract void CheckComplete(ReadOnlySpan<byte> bytes, string name);

    private protected static ImageException Truncated(string name) =>
        new(ImageProblem.Truncated, name, $"'{name}' is cut off: the file ends before the picture does. Copy or download it again.");

    public static ImageException Corrupt(string name, string reason, Exception? cause = null) =>
        new(ImageProblem.Corrupt, name, $"'{name}' is damaged: {reason}. Save it again from its source.", cause);
}
