using FaasPS.Engine.Routing;

namespace FaasPS.Engine.Tests.Routing;

public sealed class ThresholdAnalysisTests
{
    /// <summary>numpy.percentile([.1, .2, .4, .8], [25, 50, 75]) is [.175, .3, .5].</summary>
    [Fact]
    public void QuartilesAreInterpolatedAsNumpyDoes()
    {
        var analysis = new ThresholdAnalysis([0.8, 0.1, 0.4, 0.2]);
        Assert.Equal(4, analysis.Count);
        Assert.Equal((0.1, 0.8), (analysis.Minimum, analysis.Maximum));
        Assert.Equal([0.175, 0.3, 0.5, 0.375], [analysis.LowerQuartile, analysis.Median, analysis.UpperQuartile, analysis.Mean], Near);
        Assert.Equal(analysis.Median, analysis.AdvisedThreshold);
    }

    [Fact]
    public void OneScoreIsItsOwnStatistics()
    {
        var analysis = new ThresholdAnalysis([0.25]);
        double[] all = [analysis.Minimum, analysis.LowerQuartile, analysis.Median, analysis.UpperQuartile, analysis.Maximum, analysis.Mean];
        Assert.All(all, value => Assert.Equal(0.25, value));
        Assert.Equal([1], analysis.Bins);
        Assert.Equal("0.250 - 0.250  # 1", analysis.Histogram);
    }

    /// <summary>numpy.histogram of the same scores.</summary>
    [Fact]
    public void TheHistogramCountsEqualBinsFromTheLowestToTheHighest()
    {
        var analysis = new ThresholdAnalysis([0, 0.05, 0.1, 0.15, 0.55, 1, 0.95, 0.99]);
        Assert.Equal([2, 2, 0, 0, 0, 1, 0, 0, 0, 3], analysis.Bins);
        var lines = analysis.Histogram.Split('\n');
        Assert.Equal(10, lines.Length);
        Assert.Equal("0.900 - 1.000  ### 3", lines[9]);
        Assert.Equal("0.200 - 0.300   0", lines[2]);
    }

    [Fact]
    public void BarsOfManyScoresAreShortened()
    {
        var lines = new ThresholdAnalysis([.. Enumerable.Repeat(0.0, 80), 1]).Histogram.Split('\n');
        Assert.Equal($"0.000 - 0.100  {new string('#', 40)} 80", lines[0]);
        Assert.Equal("0.900 - 1.000  # 1", lines[9]);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void AScoreOutOfRangeIsNamed(double score)
    {
        var error = Assert.Throws<ArgumentException>(() => new ThresholdAnalysis([0.5, score]));
        Assert.Contains(score.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ThresholdAnalysis([]));
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-12;
}
