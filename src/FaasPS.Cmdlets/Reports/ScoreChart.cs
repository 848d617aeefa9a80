using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Reports;

/// <summary>A network's layers in the order they run: scores as bars, a whisker for the deviation, coloured by a policy.</summary>
internal sealed class ScoreChart(Network network, IReadOnlyList<FaasLayerScore> scores, FaasPolicy? policy)
{
    private const int Left = 130;
    private const int Length = 270;
    private const int RowHeight = 17;
    private const int Top = 26;

    private readonly Scale scale = new(0, Math.Max(1e-12, scores.Max(s => s.Score + s.StdDev)), Left, Left + Length);

    public Html Draw()
    {
        var height = Top + (scores.Count * RowHeight);
        return $"""
            <svg class="chart" viewBox="0 0 {Left + Length + 62} {height + 10}" role="img"
              aria-label="Scores of {scores.Count} layers of the {Names.Of(network)}{Highest()}">
            <text class="head" x="{Left}" y="14">{Names.Of(network)}</text>
            {scores.Select(Bar)}{Cut(height)}</svg>
            """;
    }

    private Html Bar(FaasLayerScore score, int row)
    {
        var y = Top + (row * RowHeight);
        var (color, meaning) = VerdictOf(score) is { } verdict ? Names.Of(verdict) : ("plain", "no policy");
        var middle = y + 6;
        return $"""
            <g><title>{score.Layer}: {Figures.Significant(score.Score)} ± {Figures.Significant(score.StdDev)}, {meaning};
            {Figures.Percent(score.MacsShare)} of a step's work</title>
            <text class="mono" x="{Left - 8}" y="{y + 10}" text-anchor="end">{score.Layer}</text>
            <rect class="{color}" x="{Left}" y="{y}" width="{Math.Max(1, scale[score.Score] - Left)}" height="12" rx="2"/>
            <path class="whisker" d="M{scale[score.Score - score.StdDev]} {middle}H{scale[score.Score + score.StdDev]}"/>
            <text class="tick" x="{Left + Length + 6}" y="{y + 10}">{Figures.Significant(score.Score)}</text></g>
            """;
    }

    /// <summary>A line between skipped and other layers, where scores alone decided; some rules weigh the work as well.</summary>
    private Html Cut(double bottom)
    {
        var groups = scores.ToLookup(score => VerdictOf(score) == Verdict.AlwaysSkip, score => score.Score);
        if (!groups[true].Any() || !groups[false].Any() || groups[true].Max() >= groups[false].Min()) return Html.Empty;
        var x = scale[(groups[true].Max() + groups[false].Min()) / 2];
        return $"""
            <path class="cut" d="M{x} {Top - 4}V{bottom}"/><text class="tick" x="{x + 4}" y="{bottom + 8}">cut: skipped left of it</text>
            """;
    }

    private Verdict? VerdictOf(FaasLayerScore score)
    {
        if (policy is null) return null;
        var section = network == Network.Control ? policy.Engine.ControlModel : policy.Engine.DiffusionModel;
        return section.Where(pair => pair.Key == score.Layer).Select(pair => (Verdict?)pair.Value).FirstOrDefault() ?? Verdict.AlwaysRun;
    }

    private string Highest() => scores.MaxBy(score => score.Score) is { } top
        ? $"; highest: {top.Layer}, {Figures.Significant(top.Score)}"
        : "";
}
