using System.Globalization;
using System.Text;

namespace FaasPS.Benchmarks.Speed;

/// <summary>A panel a series: time and memory over work, each in multiples of the series' first; dashed: in proportion to the work.</summary>
internal static class GrowthPlot
{
    private const int Panel = 320;
    private const int Margin = 44;
    private const int Top = 44;

    public static string Draw(string head, IReadOnlyList<GrowthRow> rows)
    {
        var series = rows.GroupBy(row => row.Over, StringComparer.Ordinal).ToArray();
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Panel * series.Length} {Panel + Top}' font-family='sans-serif' font-size='11'>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width='100%' height='100%' fill='white'/><text x='{Margin}' y='16'>{head}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x='{Margin}' y='34' fill='#0072b2'>time</text><text x='{Margin + 40}' y='34' fill='#d55e00'>memory</text>\n");
        for (var i = 0; i < series.Length; i++) DrawPanel(svg, series[i].Key, [.. series[i]], i * Panel);
        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawPanel(StringBuilder svg, string name, GrowthRow[] rows, int left)
    {
        const int side = Panel - (2 * Margin);
        var first = rows[0];
        var end = rows.Max(row => Math.Max(row.Work, Math.Max(row.Seconds / first.Seconds, row.Gigabytes / first.Gigabytes)));
        double X(double work) => left + Margin + (side * work / rows[^1].Work);
        double Y(double multiple) => Top + Margin + side - (side * multiple / end);
        svg.Append(CultureInfo.InvariantCulture, $"<path d='M{X(0):f1} {Y(end):f1}V{Y(0):f1}H{X(rows[^1].Work):f1}' fill='none' stroke='black'/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<path d='M{X(0):f1} {Y(0):f1}L{X(rows[^1].Work):f1} {Y(rows[^1].Work):f1}' stroke='#999' stroke-dasharray='4'/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x='{left + Margin - 4}' y='{Y(end):f1}' text-anchor='end'>{end:f1}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x='{left + (Panel / 2)}' y='{Y(0) + 34:f1}' text-anchor='middle'>{name}</text>\n");
        foreach (var row in rows)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x='{X(row.Work):f1}' y='{Y(0) + 16:f1}' text-anchor='middle'>{row.Value}</text>\n");
            Mark(row, row.Seconds / first.Seconds, "#0072b2", $"{row.Seconds:f2} s");
            Mark(row, row.Gigabytes / first.Gigabytes, "#d55e00", $"{row.Gigabytes:f2} GB");
        }

        void Mark(GrowthRow row, double multiple, string colour, string title) => svg.Append(
            CultureInfo.InvariantCulture,
            $"<circle cx='{X(row.Work):f1}' cy='{Y(multiple):f1}' r='4' fill='{colour}'><title>{title}</title></circle>\n");
    }
}
