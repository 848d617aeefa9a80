using System.Management.Automation;
using System.Text;

namespace FaasPS.Host.Commands;

/// <summary>The rows of tables, each an object with a text for each column; the first row names the columns.</summary>
[Cmdlet("Import", "Csv", DefaultParameterSetName = "Path")]
[Alias("ipcsv")]
[OutputType(typeof(PSObject))]
public sealed class ImportCsvCommand : PathCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter(Position = 1)]
    public char Delimiter { get; set; } = ',';

    protected override void ProcessRecord()
    {
        foreach (string file in Resolve(LiteralPath ?? Path, literal: LiteralPath is not null))
        {
            try
            {
                WriteRows(File.ReadAllText(file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(e, "FileOpenFailure", ErrorCategory.OpenError, file));
            }
        }
    }

    private void WriteRows(string text)
    {
        List<string>? names = null;
        foreach (List<string> cells in Rows(text, Delimiter))
        {
            if (names is null)
            {
                // The type that Export-Csv may have told above the names.
                if (!cells[0].StartsWith("#TYPE ", StringComparison.OrdinalIgnoreCase))
                    names = cells;
                continue;
            }

            var row = new PSObject();
            for (int i = 0; i < names.Count; i++)
                row.Properties.Add(new PSNoteProperty(names[i], i < cells.Count ? cells[i] : null));
            WriteObject(row);
        }
    }

    /// <summary>RFC 4180: quotes hold delimiters, line breaks and, doubled, quotes. Empty lines are no rows.</summary>
    private static IEnumerable<List<string>> Rows(string text, char delimiter)
    {
        var (row, cell, quoted, inside) = (new List<string>(), new StringBuilder(), false, false);
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '\n';
            if (inside && i < text.Length)
            {
                if (c != '"')
                    cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    cell.Append(text[i++]);
                else
                    inside = false;
            }
            else if (c == '"' && cell.Length == 0 && !quoted)
            {
                (inside, quoted) = (true, true);
            }
            else if (c == delimiter || c is '\n' or '\r')
            {
                if (c == delimiter || row.Count > 0 || cell.Length > 0 || quoted)
                    row.Add(cell.ToString());
                cell.Clear();
                quoted = false;
                if (c == delimiter || row.Count == 0)
                    continue;
                yield return row;
                row = [];
            }
            else if (c is not (' ' or '\t') || (cell.Length > 0 && !quoted))
            {
                cell.Append(c); // blanks before a cell and after its closing quote are not part of it
            }
        }
    }
}
