using System.Management.Automation;
using FaasPS.Automation;
using FaasPS.Host.Formatting;

namespace FaasPS.Host;

/// <summary>
/// A session's records on a terminal or in files: output formatted to standard output, everything else to standard error.
/// </summary>
internal sealed class ConsoleStreams(OutputFormatter formatter, TextWriter output, TextWriter errors, bool colour, ProgressLine? progress)
    : IStreams
{
    private const string Red = "\u001b[31;1m";
    private const string Yellow = "\u001b[33;1m";
    private const string Plain = "\u001b[0m";

    public bool HadErrors { get; private set; }

    public void Output(object? value)
    {
        progress?.Clear();
        formatter.Write(value);
    }

    public void Error(ErrorRecord record)
    {
        HadErrors = true;
        string command = record.InvocationInfo?.MyCommand?.Name is { } name ? name + ": " : "";
        Message(Red, command + record);
    }

    public void Warning(WarningRecord record) => Message(Yellow, "WARNING: " + record.Message);

    public void Verbose(VerboseRecord record) => Message(Yellow, "VERBOSE: " + record.Message);

    public void Debug(DebugRecord record) => Message(Yellow, "DEBUG: " + record.Message);

    public void Information(InformationRecord record, bool isShown)
    {
        if (isShown)
            Message("", record.ToString());
    }

    public void Progress(ProgressRecord record) => progress?.Show(record);

    public void Notice(string text)
    {
        progress?.Clear();
        formatter.End();
        output.WriteLine(text);
    }

    public ConfirmChoice? Confirm(string caption, string question)
    {
        if (Console.IsInputRedirected)
            return null;
        progress?.Clear();
        errors.WriteLine(caption);
        errors.WriteLine(question);
        while (true)
        {
            errors.Write("[Y] Yes  [A] Yes to All  [N] No  [L] No to All (default is \"Y\"): ");
            switch (Console.ReadLine()?.Trim().ToUpperInvariant())
            {
                case null:
                    return null;
                case "" or "Y" or "YES":
                    return ConfirmChoice.Yes;
                case "A":
                    return ConfirmChoice.YesToAll;
                case "N" or "NO":
                    return ConfirmChoice.No;
                case "L":
                    return ConfirmChoice.NoToAll;
            }
        }
    }

    private void Message(string code, string text)
    {
        progress?.Clear();
        errors.WriteLine(colour && code.Length > 0 ? code + text + Plain : text);
    }
}
