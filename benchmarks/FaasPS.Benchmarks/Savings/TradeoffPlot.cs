using System.Globalization;
using System.Text;

namespace FaasPS.Benchmarks.Savings;

/// <summary>PSNR over the time saved, a panel a band, a mark a way, as SVG.</summary>
internal static class TradeoffPlot
{
    private const int Panel = 360;
    private const int Margin = 46;
    private const double LowestPsnr = 10;
    private const double HighestPsnr = 60;

    private static readonly (string Start, string Name, string Colour)[] Families =
        [("static", "static", "#0072b2"), ("adaptive", "adaptive", "#009e73"), ("deepcache", "DeepCache", "#d55e00"), ("both", "DeepCache, adaptive", "#cc79a7")];

    public static string Draw(string head, IReadOnlyList<TradeoffRow> rows)
    {
        var bands = rows.GroupBy(row => row.Band, StringComparer.Ordinal).ToArray();
        var (width, height) = (2 * Panel, (((bands.Length + 1) / 2) * Panel) + 40);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' font-family='sans-serif' font-size='11'>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width='{width}' height='{height}' fill='white'/><text x='{Margin}' y='16'>{head}</text>\n");
        foreach (var ((_, name, colour), i) in Families.Select((family, i) => (family, i)))
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<circle cx='{Margin + (i * 160)}' cy='28' r='4' fill='{colour}'/><text x='{Margin + 8 + (i * 160)}' y='32'>{name}</text>\n");
        }
        for (var i = 0; i < bands.Length; i++) DrawPanel(svg, bands[i].Key, [.. bands[i]], (i % 2) * Panel, 40 + ((i / 2) * Panel));
        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawPanel(StringBuilder svg, string band, TradeoffRow[] rows, int left, int top)
    {
        const int side = Panel - (2 * Margin);
        double X(double saved) => left + Margin + (side * Math.Clamp(saved, 0, 1));
        double Y(double psnr) => top + Margin + (side * (HighestPsnr - Math.Clamp(psnr, LowestPsnr, HighestPsnr)) / (HighestPsnr - LowestPsnr));
        svg.Append(CultureInfo.InvariantCulture, $"<g><text x='{left + Margin}' y='{top + Margin - 10}' font-weight='bold'>{band}</text>\n");
        for (var psnr = LowestPsnr; psnr <= HighestPsnr; psnr += 10)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<path d='M{X(0):f1} {Y(psnr):f1}H{X(1):f1}' stroke='#ddd'/><text x='{X(0) - 6:f1}' y='{Y(psnr) + 4:f1}' text-anchor='end'>{psnr}</text>\n");
        }
        for (var tick = 0; tick <= 10; tick += 2)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x='{X(tick / 10.0):f1}' y='{Y(LowestPsnr) + 16:f1}' text-anchor='middle'>{10 * tick} %</text>\n");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x='{X(0.5):f1}' y='{Y(LowestPsnr) + 32:f1}' text-anchor='middle'>time saved</text>")
            .Append(CultureInfo.InvariantCulture, $"<text x='{left + 12}' y='{Y(35):f1}' transform='rotate(-90 {left + 12} {Y(35):f1})'>PSNR, dB</text>\n");
        foreach (var row in rows)
        {
            var family = row.Way.StartsWith("deepcache", StringComparison.Ordinal) && row.Way.Contains("adaptive", StringComparison.Ordinal)
                ? "both"
                : row.Way.Split([' ', ','])[0];
            var colour = Families.Single(f => f.Start == family).Colour;
            svg.Append(CultureInfo.InvariantCulture,
                $"<circle cx='{X(1 - row.Time):f1}' cy='{Y(row.Psnr):f1}' r='4' fill='{colour}'><title>{row.Way}: {row.Psnr:f1} dB</title></circle>\n");
        }
        svg.Append("</g>\n");
    }
}
