namespace FaasPS.Host;

/// <summary>Text that is not a pipeline this host can run; the message says what to use instead.</summary>
public sealed class ParseException : FormatException
{
    public ParseException(string message, int position)
        : base(message) => Position = position;

    /// <summary>Where in the text, counted from 0.</summary>
    public int Position { get; }

    internal static ParseException NoShell(string what, int position) => new(
        string.Create(
            null, $"{what} at character {position + 1}: faasps runs pipelines of commands and constants only, it is not a shell. ")
        + "Use PowerShell for this: install pwsh 7.4 or later, Import-Module FaasPS, and the same line works there.",
        position);
}
