using System.Management.Automation;
using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets;

/// <summary>Export-FaasContactSheet: sources and their translations side by side in one picture.</summary>
[Cmdlet(VerbsData.Export, "FaasContactSheet", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportFaasContactSheetCommand : FaasCmdlet
{
    private readonly List<FaasTranslation> translations = [];

    /// <summary>The translations; those of one source share a row.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public FaasTranslation[] InputObject { get; set; } = [];

    /// <summary>The PNG or JPEG file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The side of a picture on the sheet, in pixels.</summary>
    [Parameter]
    [ValidateRange(16, 2048)]
    public int CellSize { get; set; } = 192;

    /// <inheritdoc/>
    protected override void ProcessRecord() => translations.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var path = ResolveNew(Path);
        if (translations.Count == 0 || !ShouldProcess(path, $"Write a contact sheet of {translations.Count} translations")) return;
        Attempt(Path, () =>
        {
            var rows = translations.GroupBy(translation => translation.SourcePath, StringComparer.Ordinal)
                .Select(IReadOnlyList<ContactSheetCell> (row) =>
                [
                    .. Cell(row.Key, System.IO.Path.GetFileName(row.Key)),
                    .. row.SelectMany(translation => Cell(translation.OutputPath, translation.Prompt)),
                ])
                .Where(row => row.Count > 0).ToArray();
            if (rows.Length == 0) return;
            ImageWriter.Write(ContactSheet.Compose(rows, CellSize), path, cancellationToken: Stopped);
            WriteObject(new FileInfo(path));
        });
    }

    /// <summary>A picture's cell; none where it cannot be read, which is an error of its own.</summary>
    private List<ContactSheetCell> Cell(string picture, string label)
    {
        Stopped.ThrowIfCancellationRequested();
        var cell = new List<ContactSheetCell>();
        Attempt(picture, () => cell.Add(new ContactSheetCell(ContactSheet.Fit(ImageReader.Read(picture), CellSize), label)));
        return cell;
    }
}
