namespace FaasPS.Engine.Calibration;

/// <summary>The statistics of FAAS's rules, as numpy computes them.</summary>
internal static class Statistics
{
    /// <summary>The mean and the population's standard deviation; the latter is 0 for a single value.</summary>
    public static (double Mean, double StdDev) MeanAndStdDev(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }

    /// <summary>The percentile with linear interpolation between the two nearest values, the default of numpy.percentile.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="percentile">0 to 100.</param>
    public static double Percentile(IEnumerable<double> values, double percentile)
    {
        var sorted = values.Order().ToArray();
        var place = percentile / 100 * (sorted.Length - 1);
        var below = Math.Min((int)place, sorted.Length - 1);
        var (a, b, t) = (sorted[below], sorted[Math.Min(below + 1, sorted.Length - 1)], place - below);
        // From the nearer end, as numpy does: the same bits decide comparisons with the values themselves.
        return t < 0.5 ? a + ((b - a) * t) : b - ((b - a) * (1 - t));
    }
}
