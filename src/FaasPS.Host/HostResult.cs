using System.Management.Automation;
using FaasPS.Automation;

namespace FaasPS.Host;

/// <summary>Everything one run wrote, stream by stream.</summary>
public sealed class HostResult : IStreams
{
    /// <summary>What came out of the last command of each pipeline, wrapped or not, as it was written.</summary>
    public List<object?> Output { get; } = [];

    public List<ErrorRecord> Errors { get; } = [];

    public List<WarningRecord> Warnings { get; } = [];

    public List<VerboseRecord> Verbose { get; } = [];

    public List<DebugRecord> Debug { get; } = [];

    public List<InformationRecord> Information { get; } = [];

    public List<ProgressRecord> Progress { get; } = [];

    /// <summary>Lines for the person at the console, such as those of -WhatIf.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>True when the run was stopped from outside before its end.</summary>
    public bool WasStopped { get; internal set; }

    internal Action<object?>? Observer { get; init; }

    internal Func<string, string, ConfirmChoice?>? Confirmer { get; init; }

    /// <summary>The output without PSObject wrappers.</summary>
    public IEnumerable<T> OutputAs<T>() =>
        Output.Select(value => value is PSObject { BaseObject: not PSCustomObject } wrapper ? wrapper.BaseObject : value).Cast<T>();

    void IStreams.Output(object? value)
    {
        Output.Add(value);
        Observer?.Invoke(value);
    }

    void IStreams.Error(ErrorRecord record) => Errors.Add(record);

    void IStreams.Warning(WarningRecord record) => Warnings.Add(record);

    void IStreams.Verbose(VerboseRecord record) => Verbose.Add(record);

    void IStreams.Debug(DebugRecord record) => Debug.Add(record);

    void IStreams.Information(InformationRecord record, bool isShown) => Information.Add(record);

    void IStreams.Progress(ProgressRecord record) => Progress.Add(record);

    void IStreams.Notice(string text) => Notices.Add(text);

    ConfirmChoice? IStreams.Confirm(string caption, string question) => Confirmer?.Invoke(caption, question);
}
