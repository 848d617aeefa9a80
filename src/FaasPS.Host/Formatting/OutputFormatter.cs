using System.Management.Automation;

namespace FaasPS.Host.Formatting;

/// <summary>
/// Writes objects as they come: text as lines, types with a table view as rows under one header, others as a table of up to four
/// properties (once all are there, for its widths) or as lists.
/// </summary>
internal sealed class OutputFormatter(ViewSet views, Action<string> writeLine, int width)
{
    private const int MostTableColumns = 4;
    private readonly List<PSObject> waiting = [];
    private string? type;
    private TableLayout? open;

    public void Write(object? value)
    {
        if (value is null)
            return;
        PSObject item = PSObject.AsPSObject(value);
        if (IsText(item.BaseObject))
        {
            End();
            writeLine(CellText.Text(value));
            return;
        }

        if (type != item.TypeNames[0])
            Begin(item);
        if (open is not null)
            WriteAll(open.Row(item));
        else if (type is not null)
            waiting.Add(item);
        else
            WriteList(item);
    }

    /// <summary>Ends what is open. Call after each pipeline.</summary>
    public void End()
    {
        if (waiting.Count > 0)
        {
            Column[] columns = [.. waiting[0].Properties.Select(property => new Column(property.Name, property.Name))];
            var layout = new TableLayout(columns, waiting, width, autoSize: true);
            writeLine("");
            WriteAll(layout.Header());
            waiting.ForEach(row => WriteAll(layout.Row(row)));
        }

        if (open is not null || waiting.Count > 0)
            writeLine("");
        waiting.Clear();
        (open, type) = (null, null);
    }

    private static bool IsText(object value) =>
        value is string or IConvertible or Guid or Uri or Version or TimeSpan or DateTimeOffset or Type;

    private void Begin(PSObject item)
    {
        End();
        if (views.TableOf(item) is { } view)
        {
            open = new TableLayout(view.Columns, [item], width, autoSize: false);
            writeLine("");
            WriteAll(open.Header());
        }
        else if (views.ListOf(item) is not null || item.Properties.Count() > MostTableColumns)
        {
            return;
        }

        type = item.TypeNames[0];
    }

    private void WriteList(PSObject item)
    {
        writeLine("");
        WriteAll(ListLayout.Lines(ListLayout.Properties(item, views.ListOf(item), null), width));
    }

    private void WriteAll(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            writeLine(line);
    }
}
