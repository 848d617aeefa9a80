namespace FaasPS.Engine.Skipping;

/// <summary>A policy's verdicts on a model's units, looked up by index.</summary>
internal sealed class PolicyTable
{
    private readonly Verdict?[][] verdicts; // [network][unit]

    /// <param name="policy">The policy.</param>
    /// <param name="units">All units of the model.</param>
    /// <exception cref="PolicyException">It names units that the model lacks, or one twice; nothing of it is applied then.</exception>
    public PolicyTable(SkipPolicy policy, IEnumerable<Unit> units)
    {
        Units = [.. units.OrderBy(unit => unit.Index)];
        verdicts =
        [
            Resolve(policy.Name, "control_model", policy.ControlModel, Network.Control),
            Resolve(policy.Name, "diffusion_model", policy.DiffusionModel, Network.Diffusion),
        ];
    }

    /// <summary>All units of the model.</summary>
    public IReadOnlyList<Unit> Units { get; }

    /// <summary>The verdict; none where the policy does not name the unit.</summary>
    public Verdict? this[Unit unit] => verdicts[(int)unit.Network][unit.Index];

    /// <summary>Something for each unit, by network and index.</summary>
    public T[][] PerUnit<T>(Func<Unit, T> value) =>
        [.. Enum.GetValues<Network>().Select(network => Units.Where(unit => unit.Network == network).Select(value).ToArray())];

    private Verdict?[] Resolve(string policy, string section, IReadOnlyList<KeyValuePair<string, Verdict>> named, Network network)
    {
        var layers = Units.Where(unit => unit.Network == network)
            .ToDictionary(unit => unit.Layer, unit => unit.Index, StringComparer.Ordinal);
        var found = new Verdict?[layers.Count];
        if (named.Where(pair => !layers.ContainsKey(pair.Key)).Select(pair => pair.Key).ToArray() is { Length: > 0 } unknown)
        {
            throw new PolicyException(
                $"The policy '{policy}' names {unknown.Length} layers in {section} that the model does not have as units: "
                + $"{string.Join(", ", unknown)}. Is it another model's? Make one for this model with New-FaasPolicy.");
        }
        foreach (var (layer, verdict) in named)
        {
            if (found[layers[layer]] is not null)
                throw new PolicyException($"The policy '{policy}' names {section}.{layer} twice. Take one of the two out.");
            found[layers[layer]] = verdict;
        }
        return found;
    }
}
