using System.Globalization;
using System.Xml.Linq;
using FaasPS.Cmdlets.Reports;
using FaasPS.Engine;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Tests;

/// <summary>The charts against numbers that are known.</summary>
public sealed class ReportChartTests
{
    [Fact]
    public void TheCutLiesBetweenWhatIsSkippedAndWhatIsNot()
    {
        var cut = Scores(Policy(("a", Verdict.AlwaysSkip), ("b", Verdict.AlwaysSkip), ("c", Verdict.DynamicDecision))).Single(e => Class(e) == "cut");
        var bars = Bars(Policy(("a", Verdict.AlwaysSkip), ("b", Verdict.AlwaysSkip), ("c", Verdict.DynamicDecision)));
        var x = double.Parse(cut.Attribute("d")!.Value[1..].Split(' ')[0], CultureInfo.InvariantCulture) - 130;
        Assert.InRange(x, bars["b"].Width, bars["c"].Width);
        Assert.Equal(["skip", "skip", "reuse", "run"], bars.Values.Select(bar => bar.Class)); // d, which it does not name, runs
    }

    [Fact]
    public void WithoutAPolicyOrAClearCutThereIsNoLine()
    {
        Assert.DoesNotContain(Scores(policy: null), e => Class(e) == "cut");
        Assert.DoesNotContain(Scores(Policy(("a", Verdict.AlwaysRun), ("d", Verdict.AlwaysSkip))), e => Class(e) == "cut");
        Assert.All(Bars(policy: null).Values, bar => Assert.Equal("plain", bar.Class));
    }

    [Fact]
    public void BarsAreAsLongAsTheScores()
    {
        var bars = Bars(policy: null);
        Assert.Equal(4, bars["d"].Width / bars["a"].Width, 0.001);
    }

    [Fact]
    public void WorkIsShownByNetworkAndTogether()
    {
        var chart = Svg(MacsChart.Draw([new(Network.Control, 25, 100), new(Network.Diffusion, 225, 300)]));
        double[] Widths(string name) => [.. chart.Descendants("rect").Where(e => Class(e) == name)
            .Select(e => double.Parse(e.Attribute("width")!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal([290.0 / 4, 290.0 * 3 / 4, 290], Widths("track"));
        Assert.Equal([0.25, 0.75, 0.625], Widths("run").Zip(Widths("track"), (spent, full) => Math.Round(spent / full, 3)));
        Assert.Contains("250 of 400, 62.5 %", chart.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void EqualPicturesStandAtTheTopOfThePlot()
    {
        var chart = Svg(new FidelityChart(
        [
            new("runs", [(0, double.PositiveInfinity, "full"), (0.3, 30, "a"), (0.6, 20, "b")], Joined: true),
        ]).Draw());
        double[] Of(string axis) => [.. chart.Descendants("circle").Select(e => double.Parse(e.Attribute(axis)!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(30, Of("cy")[0]);
        Assert.Equal(Of("cy").Order(), Of("cy"));
        Assert.Equal(Of("cx").Order(), Of("cx"));
        Assert.Contains("0 % saved, equal", chart.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(12_345_678, "12.3 M")]
    [InlineData(1_070_000_000, "1.07 G")]
    [InlineData(4.2e18, "4200 P")]
    public void CountsHaveThreeDigitsAndAPrefix(double value, string text) => Assert.Equal(text, Figures.Count(value));

    [Theory]
    [InlineData(0.04, 1.03, new[] { 0.2, 0.4, 0.6, 0.8, 1.0 })]
    [InlineData(-1, 12, new[] { 0.0, 5, 10 })]
    public void TicksAreRound(double low, double high, double[] ticks) =>
        Assert.Equal(ticks, new Scale(low, high, 0, 100).Ticks(5).Select(tick => Math.Round(tick, 9)));

    private static FaasPolicy Policy(params (string Layer, Verdict Verdict)[] verdicts) => new(new SkipPolicy(
        "p", Band: null, Model: null, [], [.. verdicts.Select(v => KeyValuePair.Create(v.Layer, v.Verdict))]));

    private static XElement[] Scores(FaasPolicy? policy)
    {
        FaasLayerScore[] scores = [.. new[] { "a", "b", "c", "d" }.Select((layer, i) => new FaasLayerScore
        {
            Network = Network.Diffusion, Layer = layer, Band = "low_pass", Score = i + 1, StdDev = 0.1,
        })];
        return [.. Svg(new ScoreChart(Network.Diffusion, scores, policy).Draw()).Descendants()];
    }

    private static Dictionary<string, (string Class, double Width)> Bars(FaasPolicy? policy) => Scores(policy).Where(e => e.Name == "g").ToDictionary(
        g => g.Elements("text").First().Value,
        g => (Class(g.Element("rect")!), double.Parse(g.Element("rect")!.Attribute("width")!.Value, CultureInfo.InvariantCulture)),
        StringComparer.Ordinal);

    private static XElement Svg(Html drawing)
    {
        var markup = drawing.ToString();
        return XElement.Parse(markup[markup.IndexOf("<svg", StringComparison.Ordinal)..]);
    }

    private static string Class(XElement element) => element.Attribute("class")?.Value ?? "";
}
