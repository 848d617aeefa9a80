using System.Collections.ObjectModel;

namespace System.Management.Automation;

/// <summary>A cmdlet that knows its session: locations, variables and how it was called.</summary>
public abstract class PSCmdlet : Cmdlet
{
    private SessionState? sessionState;

    public string ParameterSetName { get; internal set; } = ParameterAttribute.AllParameterSets;

    public InvocationInfo MyInvocation { get; internal set; } = new(null);

    public SessionState SessionState
    {
        get => sessionState ?? throw new InvalidOperationException($"{GetType().Name} is not in a session.");
        internal set => sessionState = value;
    }

    public PathInfo CurrentProviderLocation(string providerId) =>
        ProviderInfo.IsFileSystem(providerId)
            ? SessionState.Path.CurrentFileSystemLocation
            : throw new ProviderNotFoundException($"Cannot find a provider with the name '{providerId}'.");

    public Collection<string> GetResolvedProviderPathFromPSPath(string path, out ProviderInfo provider) =>
        SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);

    public string GetUnresolvedProviderPathFromPSPath(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    public object? GetVariableValue(string name) => SessionState.PSVariable.GetValue(name);

    public object? GetVariableValue(string name, object? defaultValue) => SessionState.PSVariable.GetValue(name, defaultValue);
}
