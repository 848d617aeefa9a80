using System.Security.Cryptography;
using System.Text;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Reports;

/// <summary>The whole page: one file that asks the network for nothing, and may not.</summary>
internal sealed class ReportPage(string title, ReportContent content)
{
    private static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");

    /// <param name="pictures">By result; none for one whose pictures cannot be read.</param>
    public Html Draw(IReadOnlyList<ReportPicture?> pictures) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{Hash(Script)}'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        <style>{Html.Trusted(Style)}</style>
        </head>
        <body>
        <header><h1>{title}</h1><p>{Contents()}</p></header>
        <main>
        {Overview()}{Fidelity()}{content.Translations.Select(Html (t, i) => ResultSection.Draw(t, i + 1, pictures[i], content.FidelityOf(t)))}
        {Policies()}{Scores()}{Prompts()}{Comparisons()}
        </main>
        <footer>Made by FaasPS {typeof(ReportPage).Assembly.GetName().Version!.ToString(3)}</footer>
        <div id="tip" role="status" hidden></div>
        <script>{Html.Trusted(Script)}</script>
        </body>
        </html>
        """;

    private string Contents()
    {
        string?[] kinds =
        [
            Some(content.Translations.Count, "result"), Some(content.Policies.Count, "policy"),
            Some(content.Scores.Count, "layer score"), Some(content.Prompts.Count, "prompt"), Some(content.Comparisons.Count, "comparison"),
        ];
        return string.Join(", ", kinds.Where(kind => kind is not null));
        static string? Some(int count, string one) => count == 0 ? null : Counted(count, one);
    }

    private Html Overview() => content.Translations.Count < 2 ? Html.Empty : $"""
        <section class="card"><h2>Results</h2><div class="scroll"><table class="list">
        <thead><tr><th></th><th>Prompt</th><th>Band</th><th>Mode</th><th>Work spent</th><th class="figure">Saved</th><th class="figure">Time</th><th class="figure">PSNR</th></tr></thead>
        <tbody>{content.Translations.Select(Html (t, i) => $"""
            <tr><td><a class="number" href="#result{i + 1}">{i + 1}</a></td><td>{t.Prompt}</td><td>{t.Band}</td><td>{t.Mode}</td>
            <td><svg class="meter" viewBox="0 0 100 8" aria-hidden="true"><rect class="track" width="100" height="8" rx="2"/><rect class="run" width="{100 * Math.Clamp(1 - t.MacsSaved, 0, 1)}" height="8" rx="2"/></svg></td>
            <td class="figure">{Figures.Percent(t.MacsSaved)}</td><td class="figure">{Figures.Seconds(t.Duration)}</td>
            <td class="figure">{(content.FidelityOf(t) is { } f ? Figures.Decibels(f.Psnr) : "")}</td></tr>
            """)}</tbody></table></div></section>
        """;

    private Html Fidelity() => content.FidelitySeries() is { Count: > 0 } series
        ? $"""
            <section class="card"><h2>Fidelity over work saved</h2><p class="note">How near pictures stay to the full run's, for what was left out.</p>
            {new FidelityChart(series).Draw()}</section>
            """
        : Html.Empty;

    private Html Policies() => content.Policies.Count == 0 ? Html.Empty : $"""
        <section class="card"><h2>Policies</h2><div class="scroll"><table class="list">
        <thead><tr><th>Name</th><th>Band</th><th>Model</th><th class="figure">Skipped</th><th class="figure">Decided</th><th class="figure">Computed</th><th class="figure">Work it skips</th><th>Made from</th></tr></thead>
        <tbody>{content.Policies.Select(Html (p) => $"""
            <tr><td>{p.Name}</td><td>{p.Band ?? "any"}</td><td>{p.Model ?? "any"}</td><td class="figure">{p.Skip}</td><td class="figure">{p.Dynamic}</td>
            <td class="figure">{p.Run}</td><td class="figure">{(p.MacsSkippable is { } share ? Figures.Percent(share) : "")}</td><td>{p.Origin}</td></tr>
            """)}</tbody></table></div></section>
        """;

    private IEnumerable<Html> Scores() => content.ScoreGroups().Select(Html (group) =>
    {
        var policy = content.PolicyOf(group.First());
        Html legend = policy is null
            ? Html.Empty
            : Legend.Of([.. new[] { Verdict.AlwaysSkip, Verdict.DynamicDecision, Verdict.AlwaysRun }.Select(Names.Of)]);
        return $"""
            <section class="card"><h2>Layer scores: {group.Key.Band}</h2>
            <p class="note">{group.Key.Kind} scores{(group.Key.Model is { } model ? $" of the model {model}" : "")}, measured on {Counted(group.Max(s => s.Samples), "picture")}; the line on a bar is the standard deviation.
            {(policy is null ? "" : $"Coloured by the policy {policy.Name}.")}
            {(policy is not null && group.Key.Kind == ScoreKind.Ablation ? "It weighs a layer's score against the work that the layer costs: a long bar may be skipped where much is saved." : "")}</p>{legend}
            <div class="columns scores">{group.GroupBy(score => score.Network).OrderBy(n => n.Key).Select(Html (n) => $"<div>{new ScoreChart(n.Key, [.. n], policy).Draw()}</div>")}</div></section>
            """;
    });

    private Html Prompts() => content.Prompts.Count == 0 ? Html.Empty : $"""
        <section class="card"><h2>Complexity of prompts</h2><p class="note">Prompts below the threshold are simple: their runs may leave work out.</p>
        {new ComplexityChart(content.Prompts).Draw()}
        <details><summary>All {content.Prompts.Count:N0} prompts</summary><table class="list">
        <thead><tr><th class="figure">Score</th><th>Route</th><th>Prompt</th></tr></thead>
        <tbody>{content.Prompts.OrderBy(p => p.Score).Select(Html (p) => $"""
            <tr><td class="figure">{p.Score:0.0000}</td><td>{p.Route}</td><td>{p.Prompt}</td></tr>
            """)}</tbody></table></details></section>
        """;

    private Html Comparisons() => content.Comparisons.Count == 0 ? Html.Empty : $"""
        <section class="card"><h2>Comparisons</h2><p class="note">Energy is the picture's in each band over its reference's: 100 % keeps it.</p><div class="scroll"><table class="list">
        <thead><tr><th>Picture</th><th>Reference</th><th class="figure">PSNR</th><th class="figure">SSIM</th><th class="figure">mini</th><th class="figure">low</th><th class="figure">mid</th><th class="figure">high</th></tr></thead>
        <tbody>{content.Comparisons.Select(Html (f) => $"""
            <tr><td>{f.Name}</td><td>{Path.GetFileName(f.ReferencePath) ?? "full run"}</td><td class="figure">{Figures.Decibels(f.Psnr)}</td><td class="figure">{f.Ssim:0.0000}</td>
            {new[] { f.MiniPassEnergy, f.LowPassEnergy, f.MidPassEnergy, f.HighPassEnergy }.Select(Html (e) => $"<td class=\"figure\">{Figures.Percent(e)}</td>")}</tr>
            """)}</tbody></table></div></section>
        """;

    private static string Counted(int count, string one) => FormattableString.Invariant($"{count:N0} {(count == 1 ? one : one == "policy" ? "policies" : one + "s")}");

    private static string Hash(string script) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream($"FaasPS.Cmdlets.Reports.{name}")!);
        return reader.ReadToEnd().ReplaceLineEndings("\n"); // as a browser hashes it
    }
}
