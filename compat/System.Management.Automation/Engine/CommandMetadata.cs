using System.Management.Automation;
using System.Numerics;
using System.Reflection;

namespace FaasPS.Automation;

/// <summary>What one Parameter attribute says: in which set (flag 0: in all), at which position, filled from what.</summary>
internal sealed record ParameterSetRole(uint Flag, ParameterAttribute Declared)
{
    public bool IsInAllSets => Flag == 0;

    public bool TakesInput => Declared.ValueFromPipeline || Declared.ValueFromPipelineByPropertyName;

    public bool AppliesTo(uint sets) => IsInAllSets || (Flag & sets) != 0;
}

/// <summary>One parameter: a property of the cmdlet, or of the object that holds the common parameters.</summary>
internal sealed class CommandParameter
{
    private readonly PropertyInfo property;

    public CommandParameter(PropertyInfo property, bool isCommon, Func<string, uint> flagOf)
    {
        (this.property, IsCommon) = (property, isCommon);
        Roles = [.. property.GetCustomAttributes<ParameterAttribute>()
            .Select(declared => new ParameterSetRole(flagOf(declared.ParameterSetName), declared))];
        Aliases = [.. property.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? []];
        Transformations = [.. property.GetCustomAttributes<ArgumentTransformationAttribute>()];
        Validations = [.. property.GetCustomAttributes<ValidateArgumentsAttribute>()];
        SetFlags = Roles.Aggregate(0u, (flags, role) => flags | role.Flag);
    }

    public string Name => property.Name;

    public Type Type => property.PropertyType;

    public bool IsCommon { get; }

    public bool IsSwitch => (Nullable.GetUnderlyingType(Type) ?? Type) == typeof(SwitchParameter);

    public IReadOnlyList<ParameterSetRole> Roles { get; }

    public IReadOnlyList<string> Aliases { get; }

    public IReadOnlyList<ArgumentTransformationAttribute> Transformations { get; }

    public IReadOnlyList<ValidateArgumentsAttribute> Validations { get; }

    public uint SetFlags { get; }

    public bool IsInAllSets => Roles.Any(role => role.IsInAllSets);

    public bool IsMandatorySomewhere => Roles.Any(role => role.Declared.Mandatory);

    public bool Allows<T>()
        where T : Attribute => property.IsDefined(typeof(T), inherit: true);

    public bool Applies(uint sets) => IsInAllSets || (SetFlags & sets) != 0;

    public bool BelongsTo(object target) => property.DeclaringType == target.GetType();

    public object? Get(object target) => property.GetValue(target);

    public void Set(object target, object? value) => property.SetValue(target, value);
}

/// <summary>A command's parameters and parameter sets, read from its type. Sets are bits; all bits set means none chosen yet.</summary>
internal sealed class CommandMetadata
{
    private readonly List<string> sets = [];

    public CommandMetadata(Type type)
    {
        CmdletAttribute declared = type.GetCustomAttribute<CmdletAttribute>()
            ?? throw new MetadataException($"{type} has no Cmdlet attribute, so it is not a command.");
        Info = new CmdletInfo(declared.VerbName, declared.NounName, type);
        ConfirmImpact = declared.ConfirmImpact;
        DefaultSet = declared.DefaultParameterSetName;
        DefaultFlag = string.IsNullOrEmpty(DefaultSet) || DefaultSet == ParameterAttribute.AllParameterSets ? 0 : FlagOf(DefaultSet);
        Parameters =
        [
            .. Of(type, isCommon: false),
            .. Of(typeof(CommonParameters), isCommon: true),
            .. declared.SupportsShouldProcess ? Of(typeof(ShouldProcessParameters), isCommon: true) : [],
        ];
        AllFlags = sets.Count == 0 ? 0 : uint.MaxValue >> (32 - sets.Count);
    }

    public CmdletInfo Info { get; }

    public ConfirmImpact ConfirmImpact { get; }

    public string? DefaultSet { get; }

    public uint DefaultFlag { get; }

    public uint AllFlags { get; }

    public int SetCount => sets.Count;

    public IReadOnlyList<CommandParameter> Parameters { get; }

    public static int CountSets(uint flags) => flags == uint.MaxValue ? 1 : BitOperations.PopCount(flags);

    /// <summary>The name of the one set in <paramref name="flags"/>, else of the default set.</summary>
    public string NameOf(uint flags) =>
        BitOperations.IsPow2(flags) && BitOperations.TrailingZeroCount(flags) < sets.Count
            ? sets[BitOperations.TrailingZeroCount(flags)]
            : string.IsNullOrEmpty(DefaultSet) ? ParameterAttribute.AllParameterSets : DefaultSet;

    /// <summary>The parameter of that name or alias, exactly or by an unambiguous beginning; null when there is none.</summary>
    public CommandParameter? Find(string name)
    {
        bool Named(CommandParameter parameter, Func<string, bool> test) => test(parameter.Name) || parameter.Aliases.Any(test);
        if (Parameters.FirstOrDefault(
            parameter => Named(parameter, text => text.Equals(name, StringComparison.OrdinalIgnoreCase))) is { } exact)
            return exact;
        CommandParameter[] begun =
            [.. Parameters.Where(parameter => Named(parameter, text => text.StartsWith(name, StringComparison.OrdinalIgnoreCase)))];
        CommandParameter[] own = [.. begun.Where(parameter => !parameter.IsCommon)];
        return begun.Length <= 1 ? begun.FirstOrDefault()
            : own.Length == 1 ? own[0]
            : throw new ParameterBindingException(
                "AmbiguousParameter",
                $"Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include: "
                + string.Join(' ', begun.Select(parameter => "-" + parameter.Name)) + ".",
                name);
    }

    private IEnumerable<CommandParameter> Of(Type type, bool isCommon) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.IsDefined(typeof(ParameterAttribute), inherit: true))
            .Select(property => new CommandParameter(property, isCommon, FlagOf));

    private uint FlagOf(string set)
    {
        if (set == ParameterAttribute.AllParameterSets)
            return 0;
        int index = sets.FindIndex(known => known.Equals(set, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            index = sets.Count;
            sets.Add(set);
        }

        return index < 31 ? 1u << index : throw new MetadataException("A command can have at most 31 parameter sets.");
    }
}
