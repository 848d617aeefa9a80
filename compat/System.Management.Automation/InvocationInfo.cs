namespace System.Management.Automation;

/// <summary>Of PowerShell's kinds of command there is one here.</summary>
public enum CommandTypes
{
    Cmdlet = 8,
}

public abstract class CommandInfo
{
    private protected CommandInfo(string name, string moduleName) => (Name, ModuleName) = (name, moduleName);

    public string Name { get; }

    public abstract CommandTypes CommandType { get; }

    public string ModuleName { get; }

    public override string ToString() => Name;
}

public class CmdletInfo : CommandInfo
{
    internal CmdletInfo(string verb, string noun, Type type)
        : base($"{verb}-{noun}", type.Assembly.GetName().Name ?? "") => (Verb, Noun, ImplementingType) = (verb, noun, type);

    public string Verb { get; }

    public string Noun { get; }

    public Type ImplementingType { get; }

    public override CommandTypes CommandType => CommandTypes.Cmdlet;
}

/// <summary>How the running command was called.</summary>
public class InvocationInfo
{
    internal InvocationInfo(CommandInfo? command) => MyCommand = command;

    public CommandInfo? MyCommand { get; }

    public Dictionary<string, object?> BoundParameters { get; } = new(StringComparer.OrdinalIgnoreCase);

    public List<object> UnboundArguments { get; } = [];

    public string InvocationName { get; internal set; } = "";

    public string Line { get; internal set; } = "";

    /// <summary>1 for the first command of the pipeline.</summary>
    public int PipelinePosition { get; internal set; } = 1;

    public int PipelineLength { get; internal set; } = 1;

    public bool ExpectingInput { get; internal set; }
}
