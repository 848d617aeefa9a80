using System.Management.Automation;
using FaasPS.Host.Commands;

namespace FaasPS.Host.Formatting;

/// <summary>
/// Lays rows out as PowerShell does: one blank between columns, headers underlined, numbers to the right, … where text is cut.
/// </summary>
internal sealed class TableLayout
{
    private readonly IReadOnlyList<Column> columns;
    private readonly int[] widths;
    private readonly bool[] right;
    private readonly bool wrap;

    /// <param name="sample">Rows that decide alignment and, with <paramref name="autoSize"/>, the widths.</param>
    public TableLayout(IReadOnlyList<Column> columns, IReadOnlyList<PSObject> sample, int totalWidth, bool autoSize, bool wrap = false)
    {
        this.wrap = wrap;
        string[][] cells = [.. sample.Select(row => columns.Select(column => Cell(row, column)).ToArray())];
        right = [.. columns.Select(column => column.AlignRight ?? (sample.Count > 0 && IsNumber(sample[0], column)))];
        int[] wanted = [.. columns.Select((column, i) => autoSize
            ? cells.Select(row => row[i].Length).Append(column.Label.Length).Max()
            : column.Width ?? 0)];
        widths = Share(wanted, totalWidth);

        // Columns that no longer fit are left out, the last ones first.
        int fitting = 0, used = 0;
        while (fitting < widths.Length && used + widths[fitting] <= totalWidth)
            used += widths[fitting++] + 1;
        this.columns = [.. columns.Take(Math.Max(fitting, 1))];
        widths[0] = Math.Min(widths[0], Math.Max(totalWidth, 1));
    }

    public IEnumerable<string> Header()
    {
        yield return Line(columns.Select(column => column.Label));
        yield return Line(columns.Select((column, i) => new string('-', Math.Min(column.Label.Length, widths[i]))));
    }

    public IEnumerable<string> Row(PSObject row)
    {
        string[] cells = [.. columns.Select(column => Cell(row, column))];
        do
        {
            yield return Line(cells);
            for (int i = 0; i < cells.Length; i++)
                cells[i] = wrap && cells[i].Length > widths[i] ? cells[i][widths[i]..] : "";
        }
        while (cells.Any(rest => rest.Length > 0));
    }

    // Columns without a width share what the others leave.
    private static int[] Share(int[] wanted, int totalWidth)
    {
        int open = wanted.Count(width => width <= 0);
        if (open == 0)
            return wanted;
        int left = totalWidth - wanted.Sum() - (wanted.Length - 1);
        return [.. wanted.Select(width => width > 0 ? width : Math.Max(left / open, 3))];
    }

    private static bool IsNumber(PSObject row, Column column)
    {
        object? value = row.Properties[column.Property] is { } property ? PropertySelection.Read(property) : null;
        return value is not Enum
            && (value is PSObject wrapper ? wrapper.BaseObject : value) is sbyte or byte or short or ushort or int or uint or long or ulong
            or float or double or decimal;
    }

    private static string Cell(PSObject row, Column column) =>
        row.Properties[column.Property] is { } property
            ? OneLine(CellText.Of(PropertySelection.Read(property), column.Format, inTable: true))
            : "";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private string Line(IEnumerable<string> cells) => string.Join(' ', cells.Select(Fit)).TrimEnd();

    private string Fit(string text, int column)
    {
        int width = widths[column];
        if (text.Length > width)
            text = wrap || width < 2 ? text[..width] : text[..(width - 1)] + "…";
        return right[column] ? text.PadLeft(width) : text.PadRight(width);
    }
}
