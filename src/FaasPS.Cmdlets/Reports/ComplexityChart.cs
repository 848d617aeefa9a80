using FaasPS.Engine.Routing;

namespace FaasPS.Cmdlets.Reports;

/// <summary>How prompts' scores are spread: a histogram, with the threshold between simple and complex ones.</summary>
internal sealed class ComplexityChart(IReadOnlyList<FaasPromptScore> prompts)
{
    private const int Left = 44;
    private const int Right = 980;
    private const int Top = 34;
    private const int Bottom = 214;

    private readonly ThresholdAnalysis analysis = new(prompts.Select(prompt => prompt.Score));

    public Html Draw()
    {
        double[] thresholds = [.. prompts.Select(prompt => prompt.Threshold).Distinct()];
        var x = Scale.Around([analysis.Minimum, analysis.Maximum, .. thresholds], Left, Right);
        var y = new Scale(0, analysis.Bins.Max(), Bottom, Top);
        var bins = analysis.Bins.Select(Html (count, bin) => Bar(count, Edge(bin), Edge(bin + 1), thresholds, x, y));
        var lines = thresholds.Select(Html (threshold) => $"""
            <path class="cut" d="M{x[threshold]} {Top - 12}V{Bottom}"/>
            <text class="strong" x="{x[threshold]}" y="{Top - 18}" text-anchor="middle">threshold {Figures.Significant(threshold)}</text>
            """);
        var complex = prompts.Count(prompt => prompt.Score >= prompt.Threshold);
        return $"""
            {Legend.Of(("reuse", "simple: may be skipped"), ("run", "complex: computed in full"))}
            <svg class="chart wide" viewBox="0 0 {Right + 20} {Bottom + 44}" role="img"
              aria-label="Histogram of {prompts.Count} prompts' complexity: {prompts.Count - complex} simple, {complex} complex, median {Figures.Significant(analysis.Median)}">
            {y.Ticks(4).Where(tick => tick == Math.Round(tick)).Select(Html (tick) => $"""
                <path class="grid" d="M{Left} {y[tick]}H{Right}"/><text class="tick" x="{Left - 6}" y="{y[tick] + 4}" text-anchor="end">{tick}</text>
                """)}
            {bins}
            {x.Ticks(8).Select(Html (tick) => $"<text class=\"tick\" x=\"{x[tick]}\" y=\"{Bottom + 17}\" text-anchor=\"middle\">{tick:0.####}</text>")}
            <text class="tick" x="{(Left + Right) / 2}" y="{Bottom + 37}" text-anchor="middle">complexity score; prompts upwards</text>{lines}</svg>
            """;
    }

    /// <summary>A bin's bar, which changes its colour where the threshold falls into it.</summary>
    private static Html Bar(int count, double from, double to, double[] thresholds, Scale x, Scale y)
    {
        var (left, right) = from == to ? (x[from] - 12, x[from] + 12) : (x[from] + 1, x[to] - 1);
        var (simple, complex) = (Math.Clamp(x[thresholds.Min()], left, right), Math.Clamp(x[thresholds.Max()], left, right));
        Html Part(string color, double start, double end) => end <= start
            ? Html.Empty
            : $"<rect class=\"{color}\" x=\"{start}\" y=\"{y[count]}\" width=\"{end - start}\" height=\"{Bottom - y[count]}\"/>";
        return $"""
            <g><title>{Figures.Significant(from)} to {Figures.Significant(to)}: {count} prompts</title>{Part("reuse", left, simple)}{Part("plain", simple, complex)}{Part("run", complex, right)}</g>
            """;
    }

    private double Edge(int bin) => analysis.Minimum + ((analysis.Maximum - analysis.Minimum) * bin / analysis.Bins.Count);
}
