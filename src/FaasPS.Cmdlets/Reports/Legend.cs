namespace FaasPS.Cmdlets.Reports;

/// <summary>What a chart's colours mean.</summary>
internal static class Legend
{
    /// <summary>Classes of the style sheet with their meanings.</summary>
    public static Html Of(params (string Class, string Meaning)[] entries) =>
        $"<ul class=\"legend\">{entries.Select(Html (e) => $"<li><span class=\"swatch {e.Class}\"></span>{e.Meaning}</li>")}</ul>";
}
