namespace System.Management.Automation;

/// <summary>What commands of one session share: the location and the variables.</summary>
public sealed class SessionState
{
    internal SessionState(string location) => Path = new PathIntrinsics(location);

    public PathIntrinsics Path { get; }

    public PSVariableIntrinsics PSVariable { get; } = new();
}

/// <summary>What a transformation or validation attribute sees of the engine.</summary>
public class EngineIntrinsics
{
    internal EngineIntrinsics(SessionState sessionState) => SessionState = sessionState;

    public SessionState SessionState { get; }
}

public class PSVariable(string name, object? value)
{
    public string Name { get; } = name;

    public virtual object? Value { get; set; } = value;
}

public sealed class PSVariableIntrinsics
{
    private readonly Dictionary<string, PSVariable> variables = new(StringComparer.OrdinalIgnoreCase);

    internal PSVariableIntrinsics()
    {
    }

    public PSVariable? Get(string name) => variables.GetValueOrDefault(name);

    public object? GetValue(string name) => GetValue(name, null);

    public object? GetValue(string name, object? defaultValue) =>
        variables.TryGetValue(name, out PSVariable? variable) ? variable.Value : defaultValue;

    public void Set(string name, object? value) => Set(new PSVariable(name, value));

    public void Set(PSVariable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        variables[variable.Name] = variable;
    }

    public void Remove(string name) => variables.Remove(name);
}

/// <summary>Runs when a module's assembly is imported, before its commands are used.</summary>
public interface IModuleAssemblyInitializer
{
    void OnImport();
}

public interface IModuleAssemblyCleanup
{
    void OnRemove(PSModuleInfo psModuleInfo);
}

/// <summary>A loaded module; here its name alone.</summary>
public sealed class PSModuleInfo
{
    internal PSModuleInfo(string name) => Name = name;

    public string Name { get; }
}
