using System.Globalization;
using System.Text;

namespace FaasPS.Benchmarks.Quality;

/// <summary>The losses of a training folder's stages over their steps, a panel a stage, as SVG: each mark the mean of a hundredth of the run.</summary>
internal static class LearningCurves
{
    private const int Panel = 300;
    private const int Margin = 46;
    private const int Marks = 100;

    /// <param name="folder">The training folder, with a folder for each stage that holds its losses.csv.</param>
    /// <param name="output">The SVG.</param>
    public static void Draw(string folder, string output)
    {
        var stages = Directory.EnumerateFiles(folder, "losses.csv", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var svg = new StringBuilder();
        void Add(FormattableString line) => svg.Append(FormattableString.Invariant(line)).Append('\n');
        var columns = Math.Min(3, stages.Length);
        Add($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {columns * Panel} {(stages.Length + 2) / 3 * Panel}' font-family='sans-serif' font-size='11'>");
        Add($"<rect width='100%' height='100%' fill='white'/>");
        for (var i = 0; i < stages.Length; i++)
            DrawPanel(Add, Path.GetFileName(Path.GetDirectoryName(stages[i])!), Read(stages[i]), i % 3 * Panel, i / 3 * Panel);
        Add($"</svg>");
        File.WriteAllText(output, svg.ToString());
    }

    private static (double Step, double Loss)[] Read(string file)
    {
        var rows = File.ReadLines(file).Skip(1).Select(line => line.Split(',')).Select(cells =>
            (Step: double.Parse(cells[0], CultureInfo.InvariantCulture), Loss: double.Parse(cells[1], CultureInfo.InvariantCulture))).ToArray();
        return [.. rows.Chunk(Math.Max(1, rows.Length / Marks)).Select(some => (some[^1].Step, some.Average(row => row.Loss)))];
    }

    /// <summary>Loss by its logarithm, from the least to the greatest.</summary>
    private static void DrawPanel(Action<FormattableString> add, string stage, (double Step, double Loss)[] curve, int left, int top)
    {
        const int side = Panel - (2 * Margin);
        var (least, most, end) = (curve.Min(mark => mark.Loss), curve.Max(mark => mark.Loss), curve[^1].Step);
        double X(double step) => left + Margin + (side * step / end);
        double Y(double loss) => top + Margin + (side * (1 - (Math.Log(loss / least) / Math.Max(Math.Log(most / least), 1e-9))));
        add($"<text x='{left + Margin}' y='{top + Margin - 12}' font-weight='bold'>{stage}</text>");
        add($"<path d='M{X(0):f1} {Y(most):f1}V{Y(least):f1}H{X(end):f1}' fill='none' stroke='black'/>");
        add($"<text x='{X(0) - 4:f1}' y='{Y(most) + 4:f1}' text-anchor='end'>{most:g2}</text>");
        add($"<text x='{X(0) - 4:f1}' y='{Y(least) + 4:f1}' text-anchor='end'>{least:g2}</text>");
        add($"<text x='{X(end):f1}' y='{Y(least) + 16:f1}' text-anchor='end'>{end} steps</text>");
        var points = string.Join(' ', curve.Select(mark => FormattableString.Invariant($"{X(mark.Step):f1},{Y(mark.Loss):f1}")));
        add($"<polyline points='{points}' fill='none' stroke='#0072b2'/>");
    }
}
