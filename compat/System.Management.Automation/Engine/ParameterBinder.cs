using System.Management.Automation;

namespace FaasPS.Automation;

/// <summary>Binds one command: here its written arguments, once; what the pipeline brings, object by object, in the other part.</summary>
internal sealed partial class ParameterBinder
{
    private readonly CommandMetadata metadata;
    private readonly Func<CommandParameter, object> targetOf;
    private readonly Dictionary<string, object?> bound;
    private readonly ValueBinder values;
    private readonly ParameterSetResolver sets;
    private uint setsBeforeInput;

    public ParameterBinder(
        CommandMetadata metadata, Func<CommandParameter, object> targetOf, Action<string> setChosen,
        Dictionary<string, object?> bound, EngineIntrinsics engine)
    {
        (this.metadata, this.targetOf, this.bound) = (metadata, targetOf, bound);
        values = new ValueBinder(engine);
        sets = new ParameterSetResolver(metadata, setChosen);
    }

    /// <summary>Binds what was written. Throws ParameterBindingException for whatever does not fit or is missing.</summary>
    public void BindArguments(IReadOnlyList<CommandArgument> arguments, bool expectsInput)
    {
        List<CommandArgument> rest = BindNamed(arguments);
        ParameterBindingException? refusal = BindPositional(rest);
        sets.Validate(inputMayDecide: true, takeDefault: false);
        BindRemaining(rest);
        if (rest is [var surplus, ..])
        {
            throw surplus.Name is { } name
                ? new ParameterBindingException(
                    "NamedParameterNotFound", $"A parameter cannot be found that matches parameter name '{name}'.", name)
                : refusal ?? new ParameterBindingException(
                    "PositionalParameterNotFound",
                    $"A positional parameter cannot be found that accepts argument '{PSObject.ToText(surplus.Value)}'.");
        }

        int count = sets.Validate(inputMayDecide: expectsInput, takeDefault: !expectsInput);
        if (count > 1 && expectsInput)
        {
            sets.KeepSetsThatTakeInput();
            count = sets.Validate(inputMayDecide: true, takeDefault: false);
        }

        ThrowIfMissing(sets.Missing(count, expectsInput));
        if (!expectsInput && metadata.SetCount > 1 && sets.Valid == uint.MaxValue)
            throw sets.Ambiguous();
        setsBeforeInput = sets.Valid;
    }

    private static void ThrowIfMissing(IReadOnlyList<CommandParameter> missing)
    {
        if (missing.Count > 0)
        {
            throw new ParameterBindingException(
                "MissingMandatoryParameter",
                "Cannot process command because of one or more missing mandatory parameters: "
                + $"{string.Join(' ', missing.Select(parameter => parameter.Name))}.",
                missing[0].Name);
        }
    }

    // Names get their values before anything is bound: what is missing is said first. "-Name -Text" takes "-Text" as its value
    // when no parameter is called that.
    private List<CommandArgument> Pair(IReadOnlyList<CommandArgument> arguments)
    {
        var paired = new List<CommandArgument>();
        for (int i = 0; i < arguments.Count; i++)
        {
            CommandArgument argument = arguments[i];
            if (argument.Name is null || argument.HasValue || metadata.Find(argument.Name) is not { } parameter)
            {
                paired.Add(argument);
                continue;
            }

            CommandArgument? next = i + 1 < arguments.Count ? arguments[i + 1] : null;
            bool isText = next is { Name: { } text } && metadata.Find(text) is null && !next.HasValue;
            if (parameter.IsSwitch)
                paired.Add(CommandArgument.Named(parameter.Name, SwitchParameter.Present));
            else if (next is { Name: null } || isText)
                paired.Add(CommandArgument.Named(parameter.Name, arguments[++i] is { Name: { } name } ? "-" + name : arguments[i].Value));
            else
                throw new ParameterBindingException(
                    "MissingArgument",
                    $"Missing an argument for parameter '{parameter.Name}'. Specify a parameter of type '{parameter.Type}' and try again.",
                    parameter.Name);
        }

        return paired;
    }

    // Returns the arguments that no name claimed: positional ones, and names that no parameter has.
    private List<CommandArgument> BindNamed(IReadOnlyList<CommandArgument> arguments)
    {
        var rest = new List<CommandArgument>();
        foreach (CommandArgument argument in Pair(arguments))
        {
            if (argument.Name is null || metadata.Find(argument.Name) is not { } parameter)
            {
                rest.Add(argument);
                continue;
            }

            if (bound.ContainsKey(parameter.Name))
                throw new ParameterBindingException(
                    "ParameterAlreadyBound",
                    $"Cannot bind parameter because parameter '{parameter.Name}' is specified more than once. To provide multiple "
                    + "values to parameters that can accept multiple values, use the array syntax. "
                    + "For example, \"-parameter value1,value2,value3\".",
                    parameter.Name);
            TryBind(parameter, argument.Value, coerce: true);
        }

        return rest;
    }

    private ParameterBindingException? BindPositional(List<CommandArgument> rest)
    {
        ParameterBindingException? refusal = null;
        int next = 0;
        IEnumerable<int> positions = sets.Unbound.SelectMany(parameter => parameter.Roles).Where(role => role.AppliesTo(sets.Valid))
            .Select(role => role.Declared.Position).Where(position => position >= 0).Distinct().Order().ToArray();
        foreach (int position in positions)
        {
            CommandParameter[] here = [.. sets.Unbound.Where(parameter =>
                parameter.Roles.Any(role => role.Declared.Position == position && role.AppliesTo(sets.Valid)))];
            if (here.Length == 0)
                continue;

            // A name that no parameter has may own the argument after it; both are left for the remaining arguments.
            while (next < rest.Count && rest[next].Name is not null)
                next += next + 1 < rest.Count && rest[next + 1].Name is null ? 2 : 1;
            if (next >= rest.Count)
                break;
            if (BindAt(position, here, rest[next].Value, ref refusal))
                rest.RemoveAt(next);
            else
                next++;
        }

        return refusal;
    }

    // The default set first, without conversion before with it.
    private bool BindAt(int position, CommandParameter[] here, object? value, ref ParameterBindingException? refusal)
    {
        uint defaults = metadata.DefaultFlag & sets.Valid;
        foreach (bool coerce in new[] { false, true })
        {
            foreach (uint candidates in defaults != 0 && defaults != sets.Valid ? new[] { defaults, sets.Valid } : [sets.Valid])
            {
                bool any = false;
                refusal = null;
                foreach (CommandParameter parameter in here)
                {
                    if (!parameter.Roles.Any(role => role.Declared.Position == position && role.AppliesTo(candidates)))
                        continue;
                    try
                    {
                        any |= TryBind(parameter, value, coerce);
                    }
                    catch (ParameterBindingException e) when (!e.IsFinal)
                    {
                        refusal = e;
                    }
                }

                if (any)
                    return true;
            }
        }

        return false;
    }

    private void BindRemaining(List<CommandArgument> rest)
    {
        CommandParameter? taker = sets.Unbound.FirstOrDefault(
            parameter => parameter.Roles.Any(role => role.Declared.ValueFromRemainingArguments && role.AppliesTo(sets.Valid)));
        if (rest.Count == 0 || taker is null)
            return;
        var all = new List<object?>();
        foreach (CommandArgument argument in rest)
        {
            if (argument.Name is not null)
                all.Add(argument.HasValue ? $"-{argument.Name}:" : "-" + argument.Name);
            if (argument.HasValue)
                all.Add(argument.Value);
        }

        // "a,b" alone is the collection itself, not a collection of one collection.
        TryBind(taker, all is [var single] && LanguagePrimitives.GetEnumerable(single) is not null ? single : all, coerce: true);
        rest.Clear();
    }

    private static bool IsFailedCast(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is PSInvalidCastException)
                return true;
        }

        return false;
    }

    private bool TryBind(CommandParameter parameter, object? value, bool coerce)
    {
        object? prepared;
        try
        {
            prepared = values.Prepare(parameter, value, coerce, out bool fits);
            if (!fits)
                return false;
        }
        catch (ParameterBindingException e) when (!coerce && IsFailedCast(e))
        {
            return false;
        }

        ValueBinder.Assign(parameter, targetOf(parameter), prepared);
        bound[parameter.Name] = prepared;
        sets.MarkBound(parameter);
        return true;
    }
}
