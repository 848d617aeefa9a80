using System.Management.Automation;
using System.Numerics;

namespace FaasPS.Automation;

/// <summary>
/// Which parameter sets are still possible, and which mandatory parameters are still wanting. Follows PowerShell's rules.
/// </summary>
internal sealed class ParameterSetResolver(CommandMetadata metadata, Action<string> nameChosen)
{
    private readonly HashSet<CommandParameter> unbound = [.. metadata.Parameters];

    /// <summary>The sets that every bound parameter belongs to; all bits while nothing has narrowed them.</summary>
    public uint Valid { get; set; } = uint.MaxValue;

    /// <summary>The set whose parameters take pipeline input before others do; 0 for none.</summary>
    public uint Prioritized { get; private set; }

    public IEnumerable<CommandParameter> Unbound => metadata.Parameters.Where(unbound.Contains);

    private uint Default => metadata.DefaultFlag;

    public void MarkBound(CommandParameter parameter)
    {
        unbound.Remove(parameter);
        if (parameter.SetFlags != 0)
            Valid &= parameter.SetFlags;
    }

    public void MarkUnbound(CommandParameter parameter) => unbound.Add(parameter);

    /// <summary>Settles on one set as far as can be said now; throws when none is possible, or several and nothing decides.</summary>
    /// <returns>How many sets are possible.</returns>
    public int Validate(bool inputMayDecide, bool takeDefault)
    {
        int count = CommandMetadata.CountSets(Valid);
        if (Valid == 0)
            throw Ambiguous();
        if (count > 1)
        {
            if ((Valid & Default) != 0)
            {
                nameChosen(metadata.NameOf(Default));
                if (takeDefault)
                    (Valid, count) = (Default, 1);
                return count;
            }

            return inputMayDecide && InputCanBind() ? count : DecideByMandatory();
        }

        if (Valid == uint.MaxValue)
        {
            count = Math.Max(metadata.SetCount, 1);
            bool wait = inputMayDecide && InputCanBind();
            if (!wait && Default != 0 && takeDefault)
                (Valid, count) = (Default, 1);
            else if (!wait && Default == 0 && count > 1)
                count = DecideByMandatory();
        }

        nameChosen(metadata.NameOf(Valid));
        return count;
    }

    /// <summary>Leaves out the sets that pipeline input can no longer fill, when some set can still be filled.</summary>
    public void KeepSetsThatTakeInput()
    {
        uint taking = 0;
        foreach (ParameterSetRole role in Unbound.SelectMany(parameter => parameter.Roles)
            .Where(role => role.TakesInput && role.AppliesTo(Valid)))
        {
            if (role.IsInAllSets)
                return;
            taking |= role.Flag;
        }

        if (taking != 0)
            Valid &= taking;
    }

    /// <summary>
    /// The mandatory parameters that must be given on the command line but are not; may settle on a set while finding out.
    /// </summary>
    public IReadOnlyList<CommandParameter> Missing(int validCount, bool expectsInput)
    {
        List<Need> needs = [.. Unbound.SelectMany(parameter => parameter.Roles
            .Where(role => role.Declared.Mandatory && role.AppliesTo(Valid)).Select(role => new Need(parameter, role)))];
        if (!expectsInput || needs.Count == 0)
            return [.. needs.Select(need => need.Parameter).Distinct()];

        uint mandatorySets = needs.Exists(need => need.Role.IsInAllSets)
            ? Valid & (metadata.AllFlags == 0 ? uint.MaxValue : metadata.AllFlags)
            : needs.Aggregate(0u, (flags, need) => flags | (need.Role.Flag & Valid));
        if (validCount > 1 && Default != 0 && (Default & mandatorySets) == 0 && (Default & Valid) != 0
            && !needs.Exists(need => need.FromInput && !need.Role.IsInAllSets && (need.Role.Flag & Valid) != 0))
        {
            // The default set wants nothing, and the others want what input cannot give: they are out.
            mandatorySets = Valid & metadata.AllFlags & ~mandatorySets;
            Valid = mandatorySets;
            if (Valid == Default)
                nameChosen(metadata.NameOf(Default));
            else
                Prioritized = Default;
        }

        int count = CommandMetadata.CountSets(mandatorySets);
        return count switch
        {
            0 => throw Ambiguous(),
            1 => OnCommandLine(needs, mandatorySets),
            _ => Prioritized != 0 ? [] : Choose(needs, mandatorySets),
        };
    }

    public ParameterBindingException Ambiguous() => new(
        "AmbiguousParameterSet",
        "Parameter set cannot be resolved using the specified named parameters. One or more parameters issued cannot be used together or "
        + "an insufficient number of parameters were provided.");

    private static List<CommandParameter> OnCommandLine(IEnumerable<Need> needs, uint sets) =>
        [.. needs.Where(need => !need.FromInput && need.Role.AppliesTo(sets)).Select(need => need.Parameter).Distinct()];

    private static uint OnlySet(IEnumerable<Need> needs, out bool several)
    {
        uint[] flags = [.. needs.Select(need => need.Role.Flag).Distinct()];
        several = flags.Length > 1;
        return flags.Length == 1 ? flags[0] : 0;
    }

    // Several sets have mandatory parameters and input is coming: latch on to the default set, or on to the one that input can fill.
    private List<CommandParameter> Choose(List<Need> needs, uint mandatorySets)
    {
        Need[] inSets = [.. needs.Where(need => !need.Role.IsInAllSets && (need.Role.Flag & mandatorySets) != 0)];
        if (Default != 0 && (mandatorySets & Default) != 0 && LatchOnDefault(needs, inSets))
        {
            Valid = Default;
            nameChosen(metadata.NameOf(Default));
            return OnCommandLine(needs, Default);
        }

        uint byValue = OnlySet(inSets.Where(need => need.FromInput && need.Role.Declared.ValueFromPipeline), out bool severalByValue);
        uint byName = OnlySet(
            inSets.Where(need => need.FromInput && need.Role.Declared.ValueFromPipelineByPropertyName), out bool severalByName);
        uint unique = byValue == byName ? byValue : byValue == 0 && !severalByValue ? byName : byName == 0 && !severalByName ? byValue : 0;
        bool missing = needs.Exists(need => !need.FromInput && need.Role.AppliesTo(mandatorySets));
        if (unique == 0 && missing)
            unique = byValue;
        if (unique != 0)
        {
            List<CommandParameter> wanted = OnCommandLine(needs, unique);
            bool setWants = inSets.Any(need => !need.FromInput && need.Role.Flag == unique);
            uint others = inSets.Where(need => need.Role.Flag != unique).Aggregate(0u, (flags, need) => flags | need.Role.Flag);
            Valid = setWants ? unique : Valid & metadata.AllFlags & ~others;
            nameChosen(metadata.NameOf(Valid));
            if (Valid != unique)
                Prioritized = unique;
            return wanted;
        }

        if (!missing)
            return [];
        if (!severalByValue && !severalByName)
            throw Ambiguous();
        uint wanting = inSets.Where(need => !need.FromInput).Aggregate(0u, (flags, need) => flags | need.Role.Flag);
        Valid &= metadata.AllFlags & ~wanting;
        if (Valid == 0)
            throw Ambiguous();
        nameChosen(metadata.NameOf(Valid));
        return [];
    }

    private bool LatchOnDefault(List<Need> needs, Need[] inSets)
    {
        bool isDefault(Need need) => (need.Role.Flag & Default) != 0;
        ILookup<uint, Need> others = inSets.Where(need => !isDefault(need)).ToLookup(need => need.Role.Flag);
        bool otherTakesInput = others.Any(set => set.Any(need => need.FromInput) && set.All(need => need.FromInput));
        bool otherByName = others.Any(set => set.Any(need => need.FromInput && need.Role.Declared.ValueFromPipelineByPropertyName));
        bool ownByName = inSets.Any(need => isDefault(need) && need.FromInput && need.Role.Declared.ValueFromPipelineByPropertyName);
        return !otherTakesInput || (ownByName && !otherByName) || needs.Exists(need => need.Role.IsInAllSets && !need.FromInput);
    }

    private bool InputCanBind() =>
        Unbound.Any(parameter => parameter.Roles.Any(role => role.TakesInput && role.AppliesTo(Valid)));

    // Several sets are possible: the one without missing mandatory parameters, when it is the only one.
    private int DecideByMandatory()
    {
        uint complete = Valid & metadata.AllFlags;
        foreach (ParameterSetRole role in Unbound.SelectMany(parameter => parameter.Roles).Where(role => role.Declared.Mandatory))
            complete &= ~role.Flag;
        if (!BitOperations.IsPow2(complete))
            throw Ambiguous();
        Valid = complete;
        nameChosen(metadata.NameOf(Valid));
        return 1;
    }

    private sealed record Need(CommandParameter Parameter, ParameterSetRole Role)
    {
        public bool FromInput => Role.TakesInput;
    }
}
