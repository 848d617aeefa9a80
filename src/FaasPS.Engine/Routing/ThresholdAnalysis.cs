using System.Globalization;

namespace FaasPS.Engine.Routing;

/// <summary>
/// How the scores of a set of prompts are spread, and the threshold that makes half of them simple: the median, as FAAS advises.
/// Quartiles are interpolated linearly, as numpy does by default.
/// </summary>
public sealed class ThresholdAnalysis
{
    private const int BinCount = 10;
    private const int BarLength = 40; // at most

    /// <param name="scores">One score or more, each 0 to 1.</param>
    /// <exception cref="ArgumentException">There are none, or one is out of range.</exception>
    public ThresholdAnalysis(IEnumerable<double> scores)
    {
        var sorted = scores.Order().ToArray();
        if (sorted.Length == 0) throw new ArgumentException("There are no scores to analyse.", nameof(scores));
        if (Array.FindIndex(sorted, score => score is not (>= 0 and <= 1)) is >= 0 and var bad)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"{sorted[bad]} is not a prompt's score; they are from 0 to 1."), nameof(scores));
        }
        (Count, Minimum, Maximum, Mean) = (sorted.Length, sorted[0], sorted[^1], sorted.Average());
        (LowerQuartile, Median, UpperQuartile) = (Quantile(sorted, 0.25), Quantile(sorted, 0.5), Quantile(sorted, 0.75));
        // As numpy.histogram: equal bins from the lowest to the highest, the last one closed; one bin where all are equal.
        var bins = new int[Minimum == Maximum ? 1 : BinCount];
        foreach (var score in sorted)
        {
            var share = bins.Length == 1 ? 0 : (score - Minimum) / (Maximum - Minimum);
            bins[Math.Min((int)(share * bins.Length), bins.Length - 1)]++;
        }
        Bins = bins;
    }

    /// <summary>The number of scores.</summary>
    public int Count { get; }

    /// <summary>The lowest score.</summary>
    public double Minimum { get; }

    /// <summary>A quarter of the scores lies below.</summary>
    public double LowerQuartile { get; }

    /// <summary>The middle of the scores.</summary>
    public double Median { get; }

    /// <summary>A quarter of the scores lies above.</summary>
    public double UpperQuartile { get; }

    /// <summary>The highest score.</summary>
    public double Maximum { get; }

    /// <summary>Their mean.</summary>
    public double Mean { get; }

    /// <summary>The threshold advised, the median.</summary>
    public double AdvisedThreshold => Median;

    /// <summary>Scores in each of the equal bins from the lowest to the highest.</summary>
    public IReadOnlyList<int> Bins { get; }

    /// <summary>The bins as bars, one a line.</summary>
    public string Histogram => string.Join('\n', Bins.Select((count, bin) => string.Create(
        CultureInfo.InvariantCulture, $"{Edge(bin):f3} - {Edge(bin + 1):f3}  {Bar(count)} {count}")));

    private double Edge(int bin) => Minimum + ((Maximum - Minimum) * bin / Bins.Count);

    private string Bar(int count) => new('#', Bins.Max() <= BarLength ? count : (int)Math.Ceiling((double)BarLength * count / Bins.Max()));

    private static double Quantile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
