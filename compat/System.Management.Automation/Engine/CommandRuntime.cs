using System.Management.Automation;

namespace FaasPS.Automation;

/// <summary>One command in a running pipeline: what it writes, under its action preferences, and only when and where it may.</summary>
internal sealed class CommandRuntime(RunningCommand command, Pipeline pipeline) : ICommandRuntime2
{
    private bool yesToAll;
    private bool noToAll;

    public bool IsStopping => pipeline.IsStopping;

    private CommandSession Session => pipeline.Session;

    private CommonParameters Common => command.Common;

    public void WriteObject(object? sendToPipeline)
    {
        pipeline.ThrowIfMayNotWrite(command);
        command.Emit(sendToPipeline);
    }

    public void WriteObject(object? sendToPipeline, bool enumerateCollection)
    {
        pipeline.ThrowIfMayNotWrite(command);
        if (!enumerateCollection || LanguagePrimitives.GetEnumerable(sendToPipeline) is not { } elements)
        {
            command.Emit(sendToPipeline);
            return;
        }

        foreach (object? element in elements)
        {
            command.Emit(element);
            pipeline.ThrowIfStopping();
        }
    }

    public void WriteError(ErrorRecord errorRecord)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        pipeline.ThrowIfMayNotWrite(command);
        WriteErrorUnchecked(errorRecord);
    }

    public void WriteErrorUnchecked(ErrorRecord errorRecord)
    {
        errorRecord.SetInvocation(command.Invocation, command.Type);
        switch (Common.ErrorAction ?? Session.Preference("ErrorActionPreference", ActionPreference.Continue))
        {
            case ActionPreference.SilentlyContinue or ActionPreference.Ignore:
                break;
            case ActionPreference.Stop:
                throw pipeline.Fail(new ActionPreferenceStopException(errorRecord));
            default:
                Session.Streams.Error(errorRecord);
                break;
        }
    }

    public void ThrowTerminatingError(ErrorRecord errorRecord)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        pipeline.ThrowIfStopping();
        errorRecord.SetInvocation(command.Invocation, command.Type);
        throw pipeline.Fail(new CmdletInvocationException(errorRecord));
    }

    public void WriteWarning(string text) => WriteMessage(
        text, Common.WarningAction, "WarningPreference", ActionPreference.Continue,
        () => Session.Streams.Warning(Placed(new WarningRecord(text))));

    public void WriteVerbose(string text) => WriteMessage(
        text, Switched(Common.Verbose), "VerbosePreference", ActionPreference.SilentlyContinue,
        () => Session.Streams.Verbose(Placed(new VerboseRecord(text))));

    public void WriteDebug(string text) => WriteMessage(
        text, Switched(Common.Debug), "DebugPreference", ActionPreference.SilentlyContinue,
        () => Session.Streams.Debug(Placed(new DebugRecord(text))));

    // Unlike the others, information is recorded whether or not it is shown; only Ignore drops it.
    public void WriteInformation(InformationRecord informationRecord)
    {
        ActionPreference preference = Common.InformationAction
            ?? Session.Preference("InformationPreference", ActionPreference.SilentlyContinue);
        bool isShown = preference != ActionPreference.SilentlyContinue;
        WriteMessage(
            informationRecord.ToString(), isShown ? preference : ActionPreference.Continue, "", default,
            () => Session.Streams.Information(informationRecord, isShown));
    }

    public void WriteProgress(ProgressRecord progressRecord) => WriteMessage(
        progressRecord.Activity, Common.ProgressAction, "ProgressPreference", ActionPreference.Continue,
        () => Session.Streams.Progress(progressRecord));

    public bool ShouldProcess(string target) => ShouldProcess(target, command.Invocation.MyCommand!.Name);

    public bool ShouldProcess(string target, string action) =>
        ShouldProcess($"Performing the operation \"{action}\" on target \"{target}\".", "", "", out _);

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption) =>
        ShouldProcess(verboseDescription, verboseWarning, caption, out _);

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption, out ShouldProcessReason shouldProcessReason)
    {
        pipeline.ThrowIfMayNotWrite(command);
        shouldProcessReason = ShouldProcessReason.None;
        if (command.Should.WhatIf ?? LanguagePrimitives.IsTrue(Session.SessionState.PSVariable.GetValue("WhatIfPreference")))
        {
            shouldProcessReason = ShouldProcessReason.WhatIf;
            Session.Streams.Notice($"What if: {verboseDescription}");
            return false;
        }

        if (!NeedsConfirmation())
        {
            WriteVerbose(verboseDescription);
            return true;
        }

        return Ask(
            string.IsNullOrEmpty(caption) ? "Confirm" : caption,
            string.IsNullOrEmpty(verboseWarning) ? $"Are you sure you want to perform this action?\n{verboseDescription}" : verboseWarning,
            ref yesToAll,
            ref noToAll);
    }

    public bool ShouldContinue(string query, string caption)
    {
        bool all = false, none = false;
        return ShouldContinue(query, caption, ref all, ref none);
    }

    public bool ShouldContinue(string query, string caption, ref bool yesToAll, ref bool noToAll)
    {
        pipeline.ThrowIfMayNotWrite(command);
        return Ask(caption, query, ref yesToAll, ref noToAll);
    }

    private static ActionPreference? Switched(SwitchParameter? given) =>
        given is { } present ? present ? ActionPreference.Continue : ActionPreference.SilentlyContinue : null;

    private bool Ask(string caption, string question, ref bool all, ref bool none)
    {
        if (all || none)
            return all;
        ConfirmChoice choice = Session.Streams.Confirm(caption, question) ?? throw new PSInvalidOperationException(
            $"Confirmation is needed, but nobody can be asked: {question} Give -Confirm:$false to go on without.", "NonInteractive");
        all = choice == ConfirmChoice.YesToAll;
        none = choice == ConfirmChoice.NoToAll;
        return choice is ConfirmChoice.Yes or ConfirmChoice.YesToAll;
    }

    private bool NeedsConfirmation()
    {
        if (command.Should.Confirm is { } given)
            return given;
        ConfirmImpact threshold = Session.SessionState.PSVariable.GetValue("ConfirmPreference") is { } preference
            && LanguagePrimitives.TryConvertTo(preference, System.Globalization.CultureInfo.InvariantCulture, out ConfirmImpact chosen)
                ? chosen : ConfirmImpact.High;
        return threshold != ConfirmImpact.None && command.Metadata.ConfirmImpact >= threshold;
    }

    private T Placed<T>(T record)
        where T : InformationalRecord
    {
        record.InvocationInfo = command.Invocation;
        return record;
    }

    private void WriteMessage(string text, ActionPreference? given, string variable, ActionPreference otherwise, Action write)
    {
        pipeline.ThrowIfMayNotWrite(command);
        switch (given ?? Session.Preference(variable, otherwise))
        {
            case ActionPreference.SilentlyContinue or ActionPreference.Ignore:
                return;
            case ActionPreference.Stop:
                write();
                throw pipeline.Fail(new ActionPreferenceStopException(
                    new ErrorRecord(
                        new ParentContainsErrorRecordException(text), "ActionPreferenceStop", ErrorCategory.OperationStopped, null)));
            default:
                write();
                return;
        }
    }
}
