using FaasPS.Engine.Calibration;

namespace FaasPS.Engine.Tests.Calibration;

public sealed class StatisticsTests
{
    /// <summary>Values of numpy.percentile, numpy 1.24.</summary>
    [Theory]
    [InlineData(new[] { 3.0, 1, 2 }, 50, 2)]
    [InlineData(new[] { 3.0, 1, 2 }, 30, 1.6)]
    [InlineData(new[] { 0.1, 0.2, 0.3, 0.7 }, 80, 0.46)]
    [InlineData(new[] { 0.1, 0.2, 0.3, 0.7 }, 0, 0.1)]
    [InlineData(new[] { 0.1, 0.2, 0.3, 0.7 }, 100, 0.7)]
    [InlineData(new[] { 5.0 }, 80, 5)]
    public void PercentilesAreNumpys(double[] values, double percentile, double expected) =>
        Assert.Equal(expected, Statistics.Percentile(values, percentile), 15);

    [Fact]
    public void TheDeviationIsThePopulations()
    {
        Assert.Equal((2.5, Math.Sqrt(1.25)), Statistics.MeanAndStdDev([1, 2, 3, 4]));
        Assert.Equal((7.0, 0.0), Statistics.MeanAndStdDev([7]));
    }
}
