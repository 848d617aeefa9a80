using System.Management.Automation;

namespace FaasPS.Automation;

public enum ConfirmChoice
{
    Yes,
    YesToAll,
    No,
    NoToAll,
}

/// <summary>Where a session's records end up. Called on the pipeline's thread, as things happen.</summary>
public interface IStreams
{
    void Output(object? value);

    void Error(ErrorRecord record);

    void Warning(WarningRecord record);

    void Verbose(VerboseRecord record);

    void Debug(DebugRecord record);

    /// <param name="record">Always written, so that it can be captured.</param>
    /// <param name="isShown">Whether the person at the console should see it: the action preference is Continue.</param>
    void Information(InformationRecord record, bool isShown);

    void Progress(ProgressRecord record);

    /// <summary>A line for the person at the console that is in no stream: what -WhatIf would have done.</summary>
    void Notice(string text);

    /// <summary>Asks the person at the console; null when nobody can be asked.</summary>
    ConfirmChoice? Confirm(string caption, string question);
}
