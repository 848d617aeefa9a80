using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Reflection;

namespace FaasPS.Automation;

/// <summary>The commands that can be called, where they run, and where their records go. Not for use by two threads at once.</summary>
public sealed class CommandSession
{
    private readonly Dictionary<string, CommandMetadata> commands = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> aliases = new(StringComparer.OrdinalIgnoreCase);

    public CommandSession(string location, IStreams streams)
    {
        SessionState = new SessionState(location);
        Engine = new EngineIntrinsics(SessionState);
        Streams = streams;
    }

    public SessionState SessionState { get; }

    public IStreams Streams { get; set; }

    /// <summary>In the order of their nouns, then verbs.</summary>
    public IEnumerable<CmdletInfo> Commands =>
        commands.Values.Select(command => command.Info)
            .OrderBy(info => info.Noun, StringComparer.OrdinalIgnoreCase).ThenBy(info => info.Verb, StringComparer.Ordinal);

    internal EngineIntrinsics Engine { get; }

    /// <summary>Makes the public cmdlets of <paramref name="assembly"/> callable, as importing a binary module does.</summary>
    public void AddModule(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        foreach (Type type in assembly.GetExportedTypes().Where(type => !type.IsAbstract))
        {
            if (typeof(IModuleAssemblyInitializer).IsAssignableFrom(type))
                ((IModuleAssemblyInitializer)Activator.CreateInstance(type)!).OnImport();
            if (typeof(Cmdlet).IsAssignableFrom(type) && type.IsDefined(typeof(CmdletAttribute)))
                AddCommand(type);
        }
    }

    public void AddCommand(Type type)
    {
        var metadata = new CommandMetadata(type);
        commands[metadata.Info.Name] = metadata;
        foreach (string alias in type.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? [])
            aliases[alias] = metadata.Info.Name;
    }

    internal bool TryFind(string name, [NotNullWhen(true)] out CommandMetadata? metadata) =>
        commands.TryGetValue(aliases.GetValueOrDefault(name, name), out metadata);

    internal ActionPreference Preference(string variable, ActionPreference otherwise) =>
        SessionState.PSVariable.GetValue(variable) is { } value
        && LanguagePrimitives.TryConvertTo(value, System.Globalization.CultureInfo.InvariantCulture, out ActionPreference preference)
            ? preference
            : otherwise;
}
