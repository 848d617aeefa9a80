using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Reports;

/// <summary>What a report shows of one result: the pictures under a slider, the facts, the work by network and the skip table.</summary>
internal static class ResultSection
{
    public static Html Draw(FaasTranslation result, int number, ReportPicture? picture, FaasFidelity? fidelity) => $"""
        <section class="card" id="result{number}">
        <h2><span class="number">{number}</span>{result.Prompt}</h2>
        <div class="columns">{Pictures(result, picture)}<div>{Tiles(result, fidelity)}{Work(result)}
        <table class="facts">{Facts(result, fidelity)}</table></div></div>
        {Table(result)}
        </section>
        """;

    private static Html Pictures(FaasTranslation result, ReportPicture? picture)
    {
        if (picture is null) return $"<p class=\"missing\">The pictures could not be read: {result.OutputPath}</p>";
        return $"""
            <figure class="compare{(picture.Width < 200 ? " small" : "")}">
            <div class="stage">
            <img src="{picture.Result}" width="{picture.Width}" height="{picture.Height}" alt="Result: {result.Prompt}">
            <img class="source" src="{picture.Source}" width="{picture.Width}" height="{picture.Height}" alt="Source: {Path.GetFileName(result.SourcePath)}">
            <span class="divider"></span>
            <input type="range" min="0" max="100" value="50" step="1" aria-label="How much of the picture shows the source">
            </div>
            <figcaption><span>source</span><span>result</span></figcaption>
            </figure>
            """;
    }

    private static Html Tiles(FaasTranslation result, FaasFidelity? fidelity) => $"""
        <ul class="tiles">{Tile(Figures.Percent(result.MacsSaved), "work saved")}{Tile(Figures.Seconds(result.Duration), "time")}
        {(fidelity is null ? Html.Empty : Tile(Figures.Decibels(fidelity.Psnr), fidelity.ReferencePath is null ? "PSNR to the full run" : "PSNR to its reference"))}</ul>
        """;

    private static Html Tile(string value, string name) => $"<li><b>{value}</b>{name}</li>";

    private static Html Work(FaasTranslation result) => result.NetworkMacs.Count == 0
        ? Html.Empty
        : $"<h3>Work by network</h3><p class=\"note\">Multiply-accumulates of the sampling steps.</p>{MacsChart.Draw(result.NetworkMacs)}";

    private static Html Table(FaasTranslation result)
    {
        if (result.Trace.Count == 0) return Html.Empty;
        if (result.Trace.All(row => row.Treatment == Treatment.Run))
            return $"<h3>Skip table</h3><p class=\"note\">Nothing was left out: all {result.UnitsRun:N0} cells were computed.</p>";
        return $"""
            <h3>Skip table</h3><p class="note">Each row is a layer, each column a sampling step, from noise on the left to the picture on the right.
            Point at a cell, or use the arrow keys, for the reason.</p>{new SkipTableChart(result.Trace).Draw()}
            """;
    }

    private static IEnumerable<Html> Facts(FaasTranslation result, FaasFidelity? fidelity)
    {
        (string Name, string? Value)[] facts =
        [
            ("Source", result.SourcePath), ("Result", result.OutputPath), ("Model", result.Model), ("Band", result.Band), ("Mode", $"{result.Mode}"), ("Policy", result.Policy), ("Route", $"{result.Route}"),
            ("Complexity", result.Score is { } score ? Figures.Significant(score) : null),
            ("Seed", Invariant($"{result.Seed}")), ("Steps", Invariant($"{result.Steps}")),
            ("Guidance scale", Invariant($"{result.GuidanceScale}")), ("Sampler", $"{result.Sampler}"),
            ("Layers", Invariant($"computed {result.UnitsRun:N0} times, reused {result.UnitsReused:N0}, skipped {result.UnitsSkipped:N0}")),
            ("Estimated PSNR", result.EstimatedPsnr is { } psnr ? Figures.Decibels(psnr) : null),
            ("SSIM", fidelity is null ? null : Invariant($"{fidelity.Ssim:0.0000}")),
            ("Cosine of the latents", fidelity?.LatentCosine is { } cosine ? Invariant($"{cosine:0.0000}") : null),
        ];
        return facts.Where(fact => fact.Value is not null)
            .Select(Html (fact) => $"<tr><th scope=\"row\">{fact.Name}</th><td>{fact.Value}</td></tr>");
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
