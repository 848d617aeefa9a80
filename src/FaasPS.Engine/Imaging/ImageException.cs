namespace FaasPS.Engine.Imaging;

/// <summary>What is wrong with a picture's file.</summary>
public enum ImageProblem
{
    /// <summary>The path names a folder.</summary>
    Directory,
    Empty,
    /// <summary>Not a PNG or JPEG by its first bytes.</summary>
    UnknownFormat,
    TooLarge,
    /// <summary>The file ends before the picture does.</summary>
    Truncated,
    /// <summary>The content contradicts the format.</summary>
    Corrupt,
    /// <summary>The output's extension names no format that can be written.</summary>
    UnknownExtension,
}

/// <summary>A picture that cannot be read or written; the message names the file, the problem and what to do.</summary>
public sealed class ImageException : Exception
{
    internal ImageException(ImageProblem problem, string name, string message, Exception? innerException = null)
        : base(message, innerException) => (Problem, Name) = (problem, name);

    public ImageProblem Problem { get; }

    /// <summary>The file, as the caller named it.</summary>
    public string Name { get; }
}
