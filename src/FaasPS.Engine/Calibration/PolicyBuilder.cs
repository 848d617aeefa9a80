using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Calibration;

/// <summary>
/// Makes policies from scores. Deterministic; layers come in ascending order of what they are ranked by, as in the reference's files.
/// </summary>
public static class PolicyBuilder
{
    /// <summary>FAAS's percentile of scores from which on layers run, in its rule for the U-Net.</summary>
    private const double RunPercentile = 80;

    /// <summary>FAAS's percentile of deviations below which a score is trusted.</summary>
    private const double SteadyPercentile = 50;

    /// <summary>Makes a policy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="scores">Of one model, band and kind; a network without scores gets no verdicts and runs.</param>
    /// <param name="rules">How scores become verdicts.</param>
    /// <exception cref="PolicyException">The scores are none, do not belong together, name a layer twice, or are not numbers.</exception>
    /// <exception cref="ArgumentException">A rule is out of range.</exception>
    public static SkipPolicy Build(string name, IReadOnlyCollection<LayerScore> scores, PolicyRules rules)
    {
        rules.Validate();
        Check(scores);
        var first = scores.First();
        var verdicts = first.Kind == ScoreKind.Ablation ? ByAblation(scores, rules) : ByEnergy(scores, rules);
        KeyValuePair<string, Verdict>[] Section(Network network) =>
            [.. verdicts.Where(v => v.Score.Network == network).Select(v => KeyValuePair.Create(v.Score.Layer, v.Verdict))];
        return new SkipPolicy(name, first.Band, first.Model, Section(Network.Control), Section(Network.Diffusion))
        {
            MacsSkippable = verdicts.Where(v => v.Verdict == Verdict.AlwaysSkip).Sum(v => v.Score.MacsShare),
            Origin = Origin(first, rules),
        };
    }

    private static List<(LayerScore Score, Verdict Verdict)> ByEnergy(IEnumerable<LayerScore> scores, PolicyRules rules)
    {
        var networks = scores.ToLookup(score => score.Network);
        return [.. Control([.. networks[Network.Control]], rules), .. Diffusion([.. networks[Network.Diffusion]], rules)];
    }

    /// <summary>By the normalised score; critical blocks have none, and come last.</summary>
    private static IEnumerable<(LayerScore Score, Verdict Verdict)> Control(IEnumerable<LayerScore> scores, PolicyRules rules) => scores
        .OrderBy(score => score.NormalizedScore ?? double.PositiveInfinity)
        .Select(score => (score, score.NormalizedScore switch
        {
            null => Verdict.AlwaysRun,
            { } z when z < rules.SkipThreshold => Verdict.AlwaysSkip,
            { } z when z > rules.RunAbove => Verdict.AlwaysRun,
            _ => Verdict.DynamicDecision,
        }));

    /// <summary>By percentiles of the scores; only those that vary little over samples and timesteps are decided beforehand.</summary>
    private static IEnumerable<(LayerScore Score, Verdict Verdict)> Diffusion(IReadOnlyCollection<LayerScore> scores, PolicyRules rules)
    {
        if (scores.Count == 0) return [];
        var skipBelow = Statistics.Percentile(scores.Select(score => score.Score), rules.Percentile);
        var runAbove = Statistics.Percentile(scores.Select(score => score.Score), RunPercentile);
        var steadyBelow = Statistics.Percentile(scores.Select(score => score.StdDev), SteadyPercentile);
        return scores.OrderBy(score => score.Score).Select(score => (score,
            score.StdDev >= steadyBelow ? Verdict.DynamicDecision
            : score.Score < skipBelow ? Verdict.AlwaysSkip
            : score.Score > runAbove ? Verdict.AlwaysRun
            : Verdict.DynamicDecision));
    }

    /// <summary>
    /// Differs from the reference: both networks in one ranking by damage for work saved. Errors of different units are close to
    /// independent, so their squares add up, and the best set for a share of the work is the one with the least square for its MACs.
    /// </summary>
    private static List<(LayerScore Score, Verdict Verdict)> ByAblation(IReadOnlyCollection<LayerScore> scores, PolicyRules rules)
    {
        var runAbove = Statistics.Percentile(scores.Select(Damage), RunPercentile);
        var share = 0.0;
        var verdicts = new List<(LayerScore, Verdict)>();
        foreach (var score in scores.OrderBy(Damage))
        {
            var fits = share + score.MacsShare <= rules.Percentile / 100;
            if (fits) share += score.MacsShare;
            verdicts.Add((score, fits ? Verdict.AlwaysSkip : Damage(score) > runAbove ? Verdict.AlwaysRun : Verdict.DynamicDecision));
        }
        return verdicts;
    }

    private static double Damage(LayerScore score) => score.Score * score.Score / score.MacsShare;

    private static void Check(IReadOnlyCollection<LayerScore> scores)
    {
        if (scores.Count == 0)
            throw new PolicyException("There are no scores to make a policy from. Measure some with Measure-FaasLayerScore.");
        OneOf(scores, "bands", score => score.Band.Name());
        OneOf(scores, "models", score => score.Model ?? "(not named)");
        OneOf(scores, "kinds", score => score.Kind.ToString());
        if (scores.GroupBy(score => (score.Network, score.Layer)).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new PolicyException($"There are {twice.Count()} scores of {twice.Key.Network} {twice.Key.Layer}. Give each layer one.");
        bool IsFinite(LayerScore score) => double.IsFinite(score.Score + score.StdDev + (score.NormalizedScore ?? 0));
        if (scores.FirstOrDefault(score => !IsFinite(score)) is { } bad)
            throw new PolicyException($"The score of {bad.Network} {bad.Layer} is not a finite number. Measure in float32.");
        if (scores.FirstOrDefault(score => score is { Kind: ScoreKind.Ablation, MacsShare: not (> 0 and <= 1) }) is { } free)
            throw new PolicyException(FormattableString.Invariant(
                $"The score of {free.Network} {free.Layer} has the MacsShare {free.MacsShare}; ablation ranks by it, and it is above 0, at most 1."));
    }

    private static void OneOf(IEnumerable<LayerScore> scores, string what, Func<LayerScore, string> of)
    {
        if (scores.Select(of).Distinct(StringComparer.Ordinal).ToArray() is { Length: > 1 } several)
            throw new PolicyException($"The scores are of several {what}: {string.Join(", ", several)}. A policy is for one.");
    }

    private static string Origin(LayerScore score, PolicyRules rules)
    {
        var scores = FormattableString.Invariant($"{score.Kind} scores on {score.Samples} pairs, percentile {rules.Percentile}");
        return score.Kind == ScoreKind.Ablation
            ? scores
            : FormattableString.Invariant($"{scores}, control skips below {rules.SkipThreshold}, runs above {rules.RunAbove}");
    }
}
