namespace FaasPS.Engine.Skipping;

/// <summary>What a later policy replaces in an earlier one.</summary>
public enum PolicyMergeUnit
{
    /// <summary>The verdicts of the layers it names.</summary>
    Layer,

    /// <summary>All verdicts of the networks that it says something of, as the reference's two scorers do.</summary>
    Section,
}

/// <summary>Makes one policy of several.</summary>
public static class PolicyMerge
{
    /// <summary>Merges policies; what more they know of their probes and savings holds for each alone and is left out.</summary>
    /// <param name="policies">In ascending order of precedence, at least one.</param>
    /// <param name="by">What a later one replaces.</param>
    /// <param name="name">The result's name; none: their names, joined.</param>
    /// <param name="band">The result's band; none: theirs.</param>
    /// <exception cref="PolicyException">They are for different models, or for different bands and none is given.</exception>
    public static SkipPolicy Merge(
        IReadOnlyList<SkipPolicy> policies, PolicyMergeUnit by = PolicyMergeUnit.Layer, string? name = null, ControlBand? band = null)
    {
        var names = policies.Select(policy => policy.Name).ToArray();
        var model = Common("models", policies.Select(policy => policy.Model).OfType<string>(), "Merge those of one model.");
        var bands = band is null ? policies.Select(policy => policy.Band?.Name()).OfType<string>() : [band.Value.Name()];
        var common = Common("bands", bands, "Say which band the merged one is for.");
        return new SkipPolicy(
            name ?? string.Join('+', names), common is null ? null : ControlBands.Parse(common), model,
            Sections(policies.Select(policy => policy.ControlModel), by), Sections(policies.Select(policy => policy.DiffusionModel), by))
        {
            Origin = $"merged from {string.Join(", ", names)}",
        };
    }

    private static string? Common(string what, IEnumerable<string> values, string remedy)
    {
        var different = values.Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        return different.Length <= 1
            ? different.FirstOrDefault()
            : throw new PolicyException($"The policies are for different {what}: {string.Join(", ", different)}. {remedy}");
    }

    private static IReadOnlyList<KeyValuePair<string, Verdict>> Sections(
        IEnumerable<IReadOnlyList<KeyValuePair<string, Verdict>>> sections, PolicyMergeUnit by)
    {
        if (by == PolicyMergeUnit.Section) return sections.LastOrDefault(section => section.Count > 0) ?? [];
        var all = sections.SelectMany(section => section).ToArray();
        return [.. all.Select(pair => pair.Key).Distinct(StringComparer.Ordinal).Select(layer => all.Last(pair => pair.Key == layer))];
    }
}
