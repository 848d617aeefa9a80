using System.Management.Automation;

namespace FaasPS.Automation;

/// <summary>One command of a pipeline as it was written: "-Name" has a name, "value" a value, "-Name:value" both.</summary>
public sealed record CommandCall(string Name, IReadOnlyList<CommandArgument> Arguments)
{
    /// <summary>The text it was parsed from, for InvocationInfo.</summary>
    public string Text { get; init; } = Name;
}

public sealed record CommandArgument(string? Name, object? Value, bool HasValue)
{
    public static CommandArgument Named(string name) => new(name, null, HasValue: false);

    public static CommandArgument Named(string name, object? value) => new(name, value, HasValue: true);

    /// <summary>A number that remembers how it was written, as PowerShell's parser makes them.</summary>
    public static object Number(object value, string text) => new PSObject(value) { TokenText = text };

    public static CommandArgument Positional(object? value) => new(null, value, HasValue: true);
}
