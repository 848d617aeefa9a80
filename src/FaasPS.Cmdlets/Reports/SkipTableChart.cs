using System.Globalization;
using System.Text;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Reports;

/// <summary>
/// The table steps x units as a heat map. Cells of a colour are one path, neighbours along a row one rectangle of it; reasons and probes
/// are a character and a short number each, and the page's script reads them: 50 steps x 60 units take some tens of kilobytes.
/// </summary>
internal sealed class SkipTableChart(IReadOnlyList<TraceRow> trace)
{
    private const int LabelWidth = 150;
    private const int ShareWidth = 64;
    private const int CellHeight = 13;
    private const int HeadingHeight = 24;

    private static readonly (Treatment Treatment, string Class, string Name)[] Treatments =
        [(Treatment.Run, "run", "computed"), (Treatment.Reuse, "reuse", "reused from an earlier step"), (Treatment.Skip, "skip", "skipped")];

    private readonly int steps = trace.Count == 0 ? 0 : trace.Max(row => row.Step) + 1;

    public Html Draw()
    {
        var networks = trace.GroupBy(row => row.Network).OrderBy(network => network.Key).ToArray();
        var cellWidth = Math.Max(3, 800.0 / steps);
        var width = LabelWidth + (steps * cellWidth) + ShareWidth;
        var height = 20.0;
        var maps = new List<Html>();
        foreach (var network in networks)
        {
            var units = Units(network);
            maps.Add(Map(network.Key, units, height, cellWidth));
            height += HeadingHeight + (units.Length * CellHeight) + 12;
        }
        return $"""
            {Legend.Of([.. Treatments.Select(t => (t.Class, t.Name))])}
            <div class="scroll"><svg class="skips" viewBox="0 0 {width} {height + 8}" width="{width}" role="img"
              aria-label="{Summary()}">{StepAxis(cellWidth)}{maps}</svg></div>
            """;
    }

    /// <summary>A unit's cells by step; a step that it never reached has none, one that was checked again has the last.</summary>
    private (string Layer, TraceRow?[] Cells)[] Units(IEnumerable<TraceRow> network) =>
        [.. network.GroupBy(row => row.Layer, StringComparer.Ordinal).Select(unit =>
        {
            var cells = new TraceRow?[steps];
            foreach (var row in unit) cells[row.Step] = row;
            return (unit.Key, cells);
        })];

    private Html StepAxis(double cellWidth)
    {
        var every = steps <= 12 ? 1 : steps <= 30 ? 5 : steps <= 120 ? 10 : 100;
        var labels = Enumerable.Range(0, steps).Where(step => step % every == 0).Select(Html (step) =>
            $"<text class=\"tick\" text-anchor=\"middle\" x=\"{LabelWidth + ((step + 0.5) * cellWidth)}\" y=\"12\">{step}</text>");
        return $"""
            <text class="tick" x="{LabelWidth - 8}" y="12" text-anchor="end">step</text>{labels}
            <text class="tick" x="{LabelWidth + (steps * cellWidth) + 60}" y="12" text-anchor="end">computed</text>
            """;
    }

    private Html Map(Network network, (string Layer, TraceRow?[] Cells)[] units, double top, double cellWidth)
    {
        var at = top + HeadingHeight;
        var labels = units.Select(Html (unit, row) =>
        {
            var y = at + (row * CellHeight) + 10;
            var share = unit.Cells.Count(cell => cell?.Treatment == Treatment.Run) / (double)steps;
            return $"""
                <text class="mono" text-anchor="end" x="{LabelWidth - 8}" y="{y}">{unit.Layer}</text>
                <text class="tick" text-anchor="end" x="{LabelWidth + (steps * cellWidth) + 60}" y="{y}">{Figures.Percent(Math.Round(share, 2))}</text>
                """;
        });
        var paths = Treatments.Select(Html (t) =>
            $"<path class=\"{t.Class}\" d=\"{Path([.. units.Select(unit => unit.Cells)], t.Treatment)}\"/>");
        return $"""
            <text class="head" x="{LabelWidth}" y="{at - 7}">{Names.Of(network)}</text>{labels}
            <g class="map" tabindex="0" transform="translate({LabelWidth} {at}) scale({cellWidth} {CellHeight})" {Cells(units)}>{paths}
            <rect class="area" width="{steps}" height="{units.Length}"/><rect class="cursor" width="1" height=".92" visibility="hidden"/></g>
            """;
    }

    /// <summary>Runs of cells with one treatment, in units of cells.</summary>
    private static string Path(TraceRow?[][] rows, Treatment treatment)
    {
        var path = new StringBuilder();
        for (var y = 0; y < rows.Length; y++)
        {
            for (var x = 0; x < rows[y].Length; x++)
            {
                var start = x;
                while (x < rows[y].Length && rows[y][x]?.Treatment == treatment) x++;
                if (x > start) path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v.92h-{x - start}z");
            }
        }
        return path.ToString();
    }

    /// <summary>What the script shows of a cell: kinds of cells, a letter for each cell that says its kind, and its probe.</summary>
    private Html Cells((string Layer, TraceRow?[] Cells)[] units)
    {
        var kinds = new List<string>();
        var (codes, probes) = (new StringBuilder(), new StringBuilder());
        foreach (var cell in units.SelectMany(unit => unit.Cells))
        {
            var kind = cell is null ? "not reached" : $"{Treatments.First(t => t.Treatment == cell.Treatment).Name} ({cell.Reason})";
            if (!kinds.Contains(kind, StringComparer.Ordinal)) kinds.Add(kind);
            codes.Append((char)('0' + kinds.IndexOf(kind)));
            if (cell?.Probe is { } probe) probes.Append(probe.ToString("G3", CultureInfo.InvariantCulture));
            probes.Append(',');
        }
        var timesteps = Enumerable.Range(0, steps).Select(step => trace.FirstOrDefault(row => row.Step == step)?.Timestep);
        return $"""
            data-layers="{string.Join(',', units.Select(unit => unit.Layer))}" data-timesteps="{string.Join(',', timesteps)}"
            data-kinds="{string.Join('|', kinds)}" data-cells="{codes.ToString()}" data-probes="{probes.ToString().TrimEnd(',')}"
            """;
    }

    private string Summary()
    {
        var counts = Treatments.Select(t => $"{trace.Count(row => row.Treatment == t.Treatment)} {t.Name}");
        return $"Table of {steps} steps by units: of {trace.Count} cells {string.Join(", ", counts)}. Arrow keys read the cells.";
    }
}
