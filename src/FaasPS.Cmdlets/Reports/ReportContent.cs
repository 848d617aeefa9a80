using FaasPS.Engine.Calibration;

namespace FaasPS.Cmdlets.Reports;

/// <summary>What a report is about, in the order in which it came.</summary>
internal sealed class ReportContent
{
    public List<FaasTranslation> Translations { get; } = [];

    public List<FaasLayerScore> Scores { get; } = [];

    public List<FaasPolicy> Policies { get; } = [];

    public List<FaasPromptScore> Prompts { get; } = [];

    public List<FaasFidelity> Comparisons { get; } = [];

    public int Count => Translations.Count + Scores.Count + Policies.Count + Prompts.Count + Comparisons.Count;

    /// <returns>Whether reports can show such an object.</returns>
    public bool TryAdd(object item)
    {
        switch (item)
        {
            case FaasTranslation translation: Translations.Add(translation); break;
            case FaasLayerScore score: Scores.Add(score); break;
            case FaasPolicy policy: Policies.Add(policy); break;
            case FaasPromptScore prompt: Prompts.Add(prompt); break;
            case FaasFidelity comparison: Comparisons.Add(comparison); break;
            default: return false;
        }
        return true;
    }

    /// <summary>A result's comparison with the full run: its own, or one that Compare-FaasTranslation made of its picture.</summary>
    public FaasFidelity? FidelityOf(FaasTranslation result) =>
        result.Fidelity ?? Comparisons.Find(comparison => comparison.Path == result.OutputPath);

    /// <summary>The policy that cuts a group of scores: the first for their band, or for any.</summary>
    public FaasPolicy? PolicyOf(FaasLayerScore score) => Policies.Find(policy =>
        (policy.Band is null || policy.Band == score.Band) && (policy.Model is null || score.Model is null || policy.Model == score.Model));

    /// <summary>Curves of policies and points of results; fewer than two points are no plot.</summary>
    public IReadOnlyList<FidelitySeries> FidelitySeries()
    {
        var curves = Policies.Where(policy => policy.Fidelity.Count > 0).Select(policy => new FidelitySeries(
            $"policy {policy.Name}",
            [.. policy.Fidelity.Select(p =>
                (p.MacsSaved, p.Psnr, p.Tolerance == 0 ? "static" : FormattableString.Invariant($"{p.Tolerance:0.####}")))],
            Joined: true));
        var runs = Translations.Select((result, i) => (result, Number: $"{i + 1}", Fidelity: FidelityOf(result)))
            .Where(run => run.Fidelity is not null)
            .GroupBy(run => $"{run.result.Mode}", StringComparer.Ordinal)
            .Select(mode => new FidelitySeries(
                $"results, {mode.Key} mode",
                [.. mode.Select(run => (run.result.MacsSaved, run.Fidelity!.Psnr, run.Number))], Joined: false));
        FidelitySeries[] all = [.. runs, .. curves];
        return all.Sum(series => series.Points.Count) < 2 ? [] : all;
    }

    /// <summary>Scores that share axes: of one model, band and kind.</summary>
    public IEnumerable<IGrouping<(string? Model, string Band, ScoreKind Kind), FaasLayerScore>> ScoreGroups() =>
        Scores.GroupBy(score => (score.Model, score.Band, score.Kind));
}
