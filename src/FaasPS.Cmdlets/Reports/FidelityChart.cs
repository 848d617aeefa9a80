namespace FaasPS.Cmdlets.Reports;

/// <summary>A line of the fidelity plot: runs of one kind, or a policy's measurements.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Work saved, 0 to 1, the PSNR to the full run in dB, and the point's label.</param>
/// <param name="Joined">Whether the points are one curve.</param>
internal sealed record FidelitySeries(string Name, IReadOnlyList<(double Saved, double Psnr, string Label)> Points, bool Joined);

/// <summary>Fidelity over the work saved: up and to the right is better.</summary>
internal sealed class FidelityChart(IReadOnlyList<FidelitySeries> series)
{
    private const int Left = 58;
    private const int Right = 980;
    private const int Top = 30;
    private const int Bottom = 330;
    private const int Styles = 5; // of the style sheet

    public Html Draw()
    {
        var points = series.SelectMany(s => s.Points).ToArray();
        var x = new Scale(0, Math.Max(0.05, points.Max(p => p.Saved) * 1.08), Left, Right);
        var y = Scale.Around(points.Select(p => p.Psnr).Where(double.IsFinite).DefaultIfEmpty(40), Bottom, Top);
        return $"""
            {Legend.Of([.. series.Select((s, i) => ($"series{i % Styles}", s.Name))])}
            <svg class="chart wide" viewBox="0 0 {Right + 30} {Bottom + 46}" role="img" aria-label="Fidelity over work saved: {Summary(points)}">
            {y.Ticks(6).Select(Html (t) => $"""
                <path class="grid" d="M{Left} {y[t]}H{Right}"/><text class="tick" x="{Left - 8}" y="{y[t] + 4}" text-anchor="end">{t:0.##}</text>
                """)}
            {x.Ticks(8).Select(Html (t) => $"""
                <path class="grid" d="M{x[t]} {Top}V{Bottom}"/><text class="tick" x="{x[t]}" y="{Bottom + 18}" text-anchor="middle">{Figures.Percent(t)}</text>
                """)}
            <text class="tick" x="{(Left + Right) / 2}" y="{Bottom + 40}" text-anchor="middle">work saved, of the full run's multiply-accumulates</text>
            <text class="tick" x="{Left - 8}" y="{Top - 14}" text-anchor="end">PSNR, dB</text>
            <text class="tick" x="{Right}" y="{Top - 14}" text-anchor="end">better: up and to the right</text>
            {series.Select(Html (s, i) => Line(s, i % Styles, x, y))}</svg>
            """;
    }

    private static Html Line(FidelitySeries line, int style, Scale x, Scale y)
    {
        var ordered = line.Points.OrderBy(p => p.Saved).ToArray();
        var curve = string.Join('L', ordered.Select(p => FormattableString.Invariant($"{x[p.Saved]:0.#} {y[p.Psnr]:0.#}")));
        Html joined = line.Joined ? $"<path class=\"line series{style}\" d=\"M{curve}\"/>" : Html.Empty;
        return $"""
            {joined}{ordered.Select(Html (p) => $"""
                <g><title>{line.Name}, {p.Label}: {Figures.Percent(p.Saved)} saved, {Figures.Decibels(p.Psnr)}</title>
                {Mark(style, x[p.Saved], y[p.Psnr])}<text class="tick" x="{x[p.Saved] + 8}" y="{y[p.Psnr] - 6}">{p.Label}</text></g>
                """)}
            """;
    }

    /// <summary>A shape of its own for each series, for those who cannot tell the colours apart.</summary>
    private static Html Mark(int style, double x, double y) => style switch
    {
        0 => $"<circle class=\"mark series0\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>",
        1 => $"<rect class=\"mark series1\" x=\"{x - 4.5}\" y=\"{y - 4.5}\" width=\"9\" height=\"9\"/>",
        2 => $"<path class=\"mark series2\" d=\"M{x} {y - 6}l6 10.5h-12z\"/>",
        3 => $"<path class=\"mark series3\" d=\"M{x} {y - 6.5}l6.5 6.5l-6.5 6.5l-6.5 -6.5z\"/>",
        _ => $"<path class=\"mark series4\" d=\"M{x} {y + 6}l6 -10.5h-12z\"/>",
    };

    private static string Summary((double Saved, double Psnr, string Label)[] points) =>
        $"{points.Length} points, from {Figures.Percent(points.Min(p => p.Saved))} saved to {Figures.Percent(points.Max(p => p.Saved))}, "
        + $"lowest PSNR {Figures.Decibels(points.Min(p => p.Psnr))}";
}
