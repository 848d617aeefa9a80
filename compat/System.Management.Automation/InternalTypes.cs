namespace System.Management.Automation.Internal;

[AttributeUsage(AttributeTargets.All)]
public abstract class CmdletMetadataAttribute : Attribute
{
    private protected CmdletMetadataAttribute()
    {
    }
}

[AttributeUsage(AttributeTargets.All)]
public abstract class ParsingBaseAttribute : CmdletMetadataAttribute
{
    private protected ParsingBaseAttribute()
    {
    }
}

/// <summary>Base of every command. Cmdlets derive from <see cref="Cmdlet"/>, never from here.</summary>
public abstract class InternalCommand
{
    private protected InternalCommand()
    {
    }

    internal ICommandRuntime? Runtime { get; set; }

    internal bool StopRequested => Runtime is FaasPS.Automation.CommandRuntime { IsStopping: true };

    internal abstract void DoBegin();

    internal abstract void DoProcess();

    internal abstract void DoEnd();

    internal abstract void DoStop();
}
