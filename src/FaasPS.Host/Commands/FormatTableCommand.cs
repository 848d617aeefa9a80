using System.Management.Automation;
using FaasPS.Host.Formatting;

namespace FaasPS.Host.Commands;

[Cmdlet("Format", "Table")]
[Alias("ft")]
[OutputType(typeof(string))]
public sealed class FormatTableCommand : FormatCommand
{
    private readonly List<PSObject> rows = [];

    [Parameter]
    public SwitchParameter AutoSize { get; set; }

    [Parameter]
    public SwitchParameter Wrap { get; set; }

    [Parameter]
    public SwitchParameter HideTableHeaders { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            rows.Add(InputObject);
    }

    protected override void EndProcessing()
    {
        if (rows.Count == 0)
            return;
        TableView? view = Property is null ? Views.TableOf(rows[0]) : null;
        IReadOnlyList<Column> columns = view?.Columns
            ?? [.. PropertySelection.Choose(rows[0], Property ?? ["*"]).Select(chosen => new Column(chosen.Name, chosen.Name))];
        if (columns.Count == 0)
            return;

        // Without a view or -AutoSize PowerShell gives every column the same width; the text's own width reads better and fits as often.
        var layout = new TableLayout(columns, rows, Width, autoSize: AutoSize || view is null, Wrap);
        WriteObject("");
        if (!HideTableHeaders)
            WriteLines(layout.Header());
        foreach (PSObject row in rows)
            WriteLines(layout.Row(row));
        WriteObject("");
    }
}
