using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FaasPS.Cmdlets.Reports;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Tests;

public sealed class SkipTableChartTests
{
    private const int Steps = 50;
    private const int Units = 60;

    private static readonly Treatment[] Treatments = Enum.GetValues<Treatment>();

    [Fact]
    public void ThePathsAndTheCellsAreTheTable()
    {
        var trace = Trace(seed: 1);
        var map = Map(new SkipTableChart(trace).Draw());
        var drawn = new string?[Units, Steps];
        foreach (var path in map.Elements("path"))
        {
            foreach (Match run in Regex.Matches(path.Attribute("d")!.Value, @"M(\d+) (\d+)h(\d+)v\.92h-\3z", RegexOptions.None, TimeSpan.FromSeconds(5)))
            {
                var (x, y, length) = (Number(run.Groups[1]), Number(run.Groups[2]), Number(run.Groups[3]));
                for (var step = x; step < x + length; step++)
                {
                    Assert.Null(drawn[y, step]);
                    drawn[y, step] = path.Attribute("class")!.Value;
                }
            }
        }
        var (kinds, cells, probes) = (Data(map, "kinds").Split('|'), Data(map, "cells"), Data(map, "probes").Split(','));
        foreach (var row in trace)
        {
            var unit = int.Parse(row.Layer, CultureInfo.InvariantCulture);
            Assert.Equal($"{row.Treatment}".ToLowerInvariant(), drawn[unit, row.Step]);
            var cell = (unit * Steps) + row.Step;
            Assert.EndsWith($"({row.Reason})", kinds[cells[cell] - '0'], StringComparison.Ordinal);
            var probe = cell < probes.Length ? probes[cell] : "";
            if (row.Probe is { } value) Assert.Equal(value, double.Parse(probe, CultureInfo.InvariantCulture), value * 0.006);
            else Assert.Equal("", probe);
        }
    }

    [Fact]
    public void TheWorstTableOfFiftyStepsStaysSmall() => Assert.InRange(new SkipTableChart(Trace(seed: 2)).Draw().ToString().Length, 20_000, 80_000);

    [Fact]
    public void AStepThatAUnitNeverReachedIsLeftOpen()
    {
        var map = Map(new SkipTableChart([.. Trace(seed: 3).Where(row => row is not { Layer: "5", Step: 7 })]).Draw());
        Assert.Equal("not reached", Data(map, "kinds").Split('|')[Data(map, "cells")[(5 * Steps) + 7] - '0']);
    }

    [Fact]
    public void AReasonCannotBecomeMarkup()
    {
        var drawing = new SkipTableChart([new TraceRow(0, 999, Network.Control, "<b>", Treatment.Skip, "\"><script>", Probe: null, Macs: 0)]).Draw();
        Assert.DoesNotContain("<script", drawing.ToString(), StringComparison.Ordinal);
        Assert.Equal("skipped (\"><script>)", Data(Map(drawing), "kinds"));
    }

    /// <summary>No two cells alike by design: what compresses worst.</summary>
    private static TraceRow[] Trace(int seed)
    {
        var random = new Random(seed);
        return
        [
            .. from step in Enumerable.Range(0, Steps)
               from unit in Enumerable.Range(0, Units)
               let treatment = Treatments[random.Next(3)]
               select new TraceRow(
                   step, 999 - (20 * step), Network.Diffusion, unit.ToString(CultureInfo.InvariantCulture), treatment,
                   treatment == Treatment.Skip ? "policy" : random.Next(2) == 0 ? "stable" : "changed",
                   treatment == Treatment.Skip ? null : random.NextDouble() + 1e-3, Macs: 1),
        ];
    }

    private static XElement Map(Html drawing)
    {
        var markup = Regex.Match(drawing.ToString(), "<svg.*</svg>", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Value;
        return XElement.Parse(markup).Descendants("g").Single(g => g.Attribute("class")?.Value == "map");
    }

    private static string Data(XElement map, string name) => map.Attribute($"data-{name}")!.Value;

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);
}
