using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using FaasPS.Cmdlets;
using FaasPS.Engine;

namespace FaasPS.Help;

/// <summary>A parameter in one parameter set, as the built cmdlet declares it.</summary>
public sealed record ParameterDescription
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its type's short name, such as String[].</summary>
    public required string Type { get; init; }

    /// <summary>Whether it takes no value of its own.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>Whether it takes a list.</summary>
    public bool IsList { get; init; }

    /// <summary>The values of a closed set; empty for open ones.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The value it has when not given, as text; none: it has none.</summary>
    public string? Default { get; init; }

    /// <summary>Other names.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether the command needs it.</summary>
    public bool IsMandatory { get; init; }

    /// <summary>Its place among the arguments without names; none: it is given by name.</summary>
    public int? Position { get; init; }

    /// <summary>Whether it takes wildcards.</summary>
    public bool TakesWildcards { get; init; }

    /// <summary>How the pipeline gives it, as help has it: True (ByValue), False and so on.</summary>
    public string PipelineInput { get; init; } = "False";

    internal static ParameterDescription From(PropertyInfo property, ParameterAttribute attribute, object cmdlet)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var one = type.IsArray ? type.GetElementType()! : type;
        string[] pipeline =
        [
            .. attribute.ValueFromPipelineByPropertyName ? ["ByPropertyName"] : Array.Empty<string>(),
            .. attribute.ValueFromPipeline ? ["ByValue"] : Array.Empty<string>(),
        ];
        return new ParameterDescription
        {
            Name = property.Name,
            Type = type.Name,
            IsSwitch = type == typeof(SwitchParameter),
            IsList = type.IsArray,
            Values = one == typeof(FaasBand) ? [.. ControlBands.All.Select(band => band.Name())] : one.IsEnum ? Enum.GetNames(one) : [],
            Default = attribute.Mandatory ? null : Text(property.GetValue(cmdlet)),
            Aliases = property.GetCustomAttribute<AliasAttribute>() is { } alias ? [.. alias.AliasNames] : [],
            IsMandatory = attribute.Mandatory,
            Position = attribute.Position >= 0 ? attribute.Position : null,
            TakesWildcards = property.IsDefined(typeof(SupportsWildcardsAttribute)),
            PipelineInput = pipeline.Length == 0 ? "False" : $"True ({string.Join(", ", pipeline)})",
        };
    }

    private static string? Text(object? value) => value switch
    {
        null or "" or ICollection { Count: 0 } or SwitchParameter { IsPresent: false } => null,
        string text => text,
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Text)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
