using System.Management.Automation;

namespace FaasPS.Automation;

/// <summary>Pipeline input: each object is bound anew, to what the written arguments left free.</summary>
internal sealed partial class ParameterBinder
{
    private readonly Dictionary<CommandParameter, object?> beforeInput = [];
    private readonly List<CommandParameter> fromInput = [];

    /// <summary>
    /// Binds one pipeline object: by value, then by property name, without conversion; then both with it. False when nothing takes it.
    /// </summary>
    public bool BindInput(object? input)
    {
        foreach (CommandParameter parameter in fromInput)
        {
            parameter.Set(targetOf(parameter), beforeInput[parameter]);
            bound.Remove(parameter.Name);
            sets.MarkUnbound(parameter);
        }

        fromInput.Clear();
        sets.Valid = setsBeforeInput;
        bool any = false;
        PSObject? wrapped = input is null ? null : PSObject.AsPSObject(input);
        uint[] rounds = sets.Prioritized == 0 ? [sets.Valid] : [sets.Prioritized, sets.Valid & ~sets.Prioritized];
        for (int round = 0; round < rounds.Length && (round == 0 || sets.Valid != sets.Prioritized); round++)
        {
            uint candidates = rounds[round];
            foreach ((bool byName, bool coerce) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                if (!BindPhase(input, wrapped, candidates, byName, coerce))
                    continue;
                any = true;
                if (round == rounds.Length - 1)
                {
                    sets.Validate(inputMayDecide: true, takeDefault: true);
                    candidates = sets.Valid;
                }
            }
        }

        sets.Validate(inputMayDecide: false, takeDefault: true);
        if (!any)
            return false;
        IReadOnlyList<CommandParameter> missing = sets.Missing(CommandMetadata.CountSets(sets.Valid), expectsInput: false);
        return missing.Count == 0 ? true : throw new ParameterBindingException(
            "InputObjectMissingMandatory",
            "The input object cannot be bound because it did not contain the information required to bind all mandatory parameters: "
            + string.Join(' ', missing.Select(parameter => parameter.Name)));
    }

    private bool BindPhase(object? input, PSObject? wrapped, uint candidates, bool byName, bool coerce)
    {
        uint defaults = metadata.DefaultFlag & candidates;
        return (defaults != 0 && BindPhaseIn(input, wrapped, defaults, byName, coerce))
            || BindPhaseIn(input, wrapped, candidates & ~defaults, byName, coerce);
    }

    private bool BindPhaseIn(object? input, PSObject? wrapped, uint candidates, bool byName, bool coerce)
    {
        bool any = false;
        foreach (CommandParameter parameter in sets.Unbound.ToArray())
        {
            if (!parameter.Roles.Any(role =>
                    role.AppliesTo(candidates)
                        && (byName ? role.Declared.ValueFromPipelineByPropertyName : role.Declared.ValueFromPipeline)))
                continue;
            object? value = input;
            if (byName)
            {
                PSPropertyInfo? property = parameter.Aliases.Prepend(parameter.Name)
                    .Select(name => wrapped?.Properties[name]).FirstOrDefault(found => found is not null);
                if (property is null)
                    continue;
                value = property.Value;
            }

            beforeInput.TryAdd(parameter, parameter.Get(targetOf(parameter)));
            try
            {
                if (!TryBind(parameter, value, coerce))
                    continue;
                fromInput.Add(parameter);
                any = true;
            }
            catch (ParameterBindingException e) when (!e.IsFinal || (!byName && IsFailedCast(e)))
            {
                // Does not fit here; another parameter or a later phase may take it.
            }
        }

        return any;
    }
}
