namespace SixLabors.ImageSharp;

/// <summary>The encoded picture does not hold what its format asks for.</summary>
public class ImageFormatException : Exception
{
    internal ImageFormatException(string errorMessage) : base(errorMessage) { }
}

/// <summary>None of the readable formats begins like this.</summary>
public sealed class UnknownImageFormatException : ImageFormatException
{
    public UnknownImageFormatException(string errorMessage) : base(errorMessage) { }
}

/// <summary>The format is known, the content is damaged or cannot be held.</summary>
public sealed class InvalidImageContentException : ImageFormatException
{
    public InvalidImageContentException(string errorMessage) : base(errorMessage) { }
}
