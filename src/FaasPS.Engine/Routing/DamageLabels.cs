namespace FaasPS.Engine.Routing;

/// <summary>
/// Labels from measurement, where the reference leaves them to hand: a prompt is as complex as skipping harms its results. Damage has no
/// scale that holds for every model and policy, so prompts are ranked by it.
/// </summary>
public static class DamageLabels
{
    /// <summary>Ranks prompts by their mean damage.</summary>
    /// <param name="measured">The damage of each result, such as 1 - SSIM against the full run; a prompt may have several.</param>
    /// <returns>
    /// The prompts in the order they first came. A label is the share of the other prompts with less damage, ties counting half: 0 for the
    /// least, 1 for the most, 0.5 where there are no others.
    /// </returns>
    public static IReadOnlyList<LabelledPrompt> Rank(IEnumerable<(string Prompt, double Damage)> measured)
    {
        var prompts = measured.GroupBy(item => item.Prompt, item => item.Damage, StringComparer.Ordinal)
            .Select(prompt => (Text: prompt.Key, Damage: prompt.Average())).ToArray();
        double Label(double damage) => prompts.Length == 1
            ? 0.5
            : (prompts.Count(other => other.Damage < damage) + ((prompts.Count(other => other.Damage == damage) - 1) / 2.0))
                / (prompts.Length - 1);
        return [.. prompts.Select(prompt => new LabelledPrompt(prompt.Text, Label(prompt.Damage)))];
    }
}
