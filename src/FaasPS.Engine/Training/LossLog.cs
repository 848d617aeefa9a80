using System.Globalization;

namespace FaasPS.Engine.Training;

/// <summary>
/// losses.csv: step, loss, learning_rate, gradient_norm, seconds. Loss and norm are means over the steps since the row before, or since the
/// run was resumed, seconds their sum; the learning rate is the last step's.
/// </summary>
internal sealed class LossLog : IDisposable
{
    private const string Header = "step,loss,learning_rate,gradient_norm,seconds";
    private const int Columns = 5;

    private readonly StreamWriter writer;
    private readonly List<(long Step, double Loss)> rows = [];
    private readonly int interval;
    private double losses;
    private double norms;
    private double seconds;
    private int count;

    /// <param name="path">The file; rows after a step are dropped, since that step is where a resumed run goes on.</param>
    /// <param name="step">The step.</param>
    /// <param name="interval">Steps a row.</param>
    public LossLog(string path, long step, int interval)
    {
        this.interval = interval;
        var kept = File.Exists(path) ? File.ReadLines(path).Where(line => StepOf(line) <= step).ToArray() : [];
        File.WriteAllLines(path, [Header, .. kept]);
        rows.AddRange(kept.Select(line => (StepOf(line), double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture))));
        writer = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <summary>The mean over the last twentieth of the rows; before the first, over the steps so far.</summary>
    public double Recent => rows.Count == 0 ? losses / count : rows.TakeLast(Math.Max(1, rows.Count / 20)).Average(row => row.Loss);

    /// <param name="step">The steps done, this one included.</param>
    /// <param name="result">What it came to.</param>
    /// <param name="duration">How long it took.</param>
    public void Add(long step, StepResult result, TimeSpan duration)
    {
        (losses, norms, seconds, count) =
            (losses + result.Loss, norms + result.GradientNorm, seconds + duration.TotalSeconds, count + 1);
        if (step % interval != 0) return;
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{step},{losses / count:g9},{result.LearningRate:g6},{norms / count:g6},{seconds:f3}"));
        rows.Add((step, losses / count));
        (losses, norms, seconds, count) = (0, 0, 0, 0);
    }

    public void Dispose() => writer.Dispose();

    // A line cut off by a kill, like the header, counts as one without a step.
    private static long StepOf(string line)
    {
        var cells = line.Split(',');
        return cells.Length == Columns && long.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : long.MaxValue;
    }
}
