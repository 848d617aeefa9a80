namespace FaasPS.Engine.Weights;

/// <summary>A checkpoint cannot be read, is not to be trusted, or does not hold what the model needs. The message names the file, the key
/// and the value at fault, and says what to do.</summary>
public sealed class WeightsException : Exception
{
    public WeightsException(string message) : base(message) { }

    public WeightsException(string message, Exception inner) : base(message, inner) { }

    /// <summary>Text that comes from a file, made fit for a one-line message: no control characters, not endless.</summary>
    internal static string Quote(string text)
    {
        const int longest = 120;
        var shown = string.Concat(text.Take(longest).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > longest ? $"'{shown}...'" : $"'{shown}'";
    }
}
