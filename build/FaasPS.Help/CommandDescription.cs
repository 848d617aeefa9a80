using System.Management.Automation;
using System.Reflection;

namespace FaasPS.Help;

/// <summary>A cmdlet as its assembly declares it.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Noun">The noun.</param>
/// <param name="ParameterSets">The parameters of each set, in the order of a syntax line: positional, mandatory, others.</param>
public sealed record CommandDescription(string Verb, string Noun, IReadOnlyList<IReadOnlyList<ParameterDescription>> ParameterSets)
{
    private static readonly ParameterDescription WhatIf =
        new() { Name = "WhatIf", Type = nameof(SwitchParameter), IsSwitch = true, Aliases = ["wi"] };

    private static readonly ParameterDescription Confirm =
        new() { Name = "Confirm", Type = nameof(SwitchParameter), IsSwitch = true, Aliases = ["cf"] };

    /// <summary>Its name.</summary>
    public string Name => $"{Verb}-{Noun}";

    /// <summary>Every parameter once, by name.</summary>
    public IReadOnlyList<ParameterDescription> Parameters =>
        [.. ParameterSets.SelectMany(set => set).DistinctBy(parameter => parameter.Name, StringComparer.Ordinal).OrderBy(p => p.Name, StringComparer.Ordinal)];

    /// <summary>The cmdlets of an assembly, by name.</summary>
    public static IReadOnlyList<CommandDescription> All(Assembly assembly) =>
        [.. assembly.GetExportedTypes().Where(type => type.IsDefined(typeof(CmdletAttribute))).Select(From)
            .OrderBy(command => command.Name, StringComparer.Ordinal)];

    /// <summary>What -WhatIf and -Confirm do, which is the same everywhere.</summary>
    public static string? CommonHelp(string parameter) => parameter switch
    {
        "WhatIf" => "Tells what would be done, and does nothing: no model is loaded and no file written.",
        "Confirm" => "Asks before it does it.",
        _ => null,
    };

    private static CommandDescription From(Type type)
    {
        var cmdlet = type.GetCustomAttribute<CmdletAttribute>()!;
        var instance = Activator.CreateInstance(type)!;
        var declared = type.GetProperties()
            .SelectMany(property => property.GetCustomAttributes<ParameterAttribute>(), (property, attribute) => (property, attribute)).ToArray();
        var names = declared.Select(pair => pair.attribute.ParameterSetName).Where(name => name != ParameterAttribute.AllParameterSets)
            .Distinct(StringComparer.Ordinal).OrderBy(name => name != cmdlet.DefaultParameterSetName).DefaultIfEmpty(ParameterAttribute.AllParameterSets);
        var sets = names.Select(IReadOnlyList<ParameterDescription> (name) =>
        [
            .. declared.Where(pair => pair.attribute.ParameterSetName == name || pair.attribute.ParameterSetName == ParameterAttribute.AllParameterSets)
                .Select(pair => ParameterDescription.From(pair.property, pair.attribute, instance))
                .OrderBy(parameter => parameter.Position ?? int.MaxValue).ThenBy(parameter => !parameter.IsMandatory),
            .. cmdlet.SupportsShouldProcess ? [WhatIf, Confirm] : Array.Empty<ParameterDescription>(),
        ]).ToArray();
        (instance as IDisposable)?.Dispose();
        return new CommandDescription(cmdlet.VerbName, cmdlet.NounName, sets);
    }
}
