using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Cmdlets.Reports;

namespace FaasPS.Cmdlets;

/// <summary>Export-FaasReport: one HTML file that shows results, what was left out of them, and what policies and scores say.</summary>
[Cmdlet(VerbsData.Export, "FaasReport", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportFaasReportCommand : FaasCmdlet
{
    private readonly ReportContent content = new();

    /// <summary>Results, policies, layer scores, prompts' scores and comparisons, in any mixture.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The .html file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The report's heading.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Title { get; set; } = "FaasPS report";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var item in InputObject)
            if (!content.TryAdd(item.BaseObject)) WriteError(ErrorRecords.ReportInputUnfit(item.BaseObject));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var path = ResolveNew(Path);
        if (content.Count == 0 || !ShouldProcess(path, $"Write a report of {content.Count} objects")) return;
        var pictures = content.Translations.Select(Pictures).ToArray();
        Attempt(Path, () =>
        {
            var page = new ReportPage(Title, content).Draw(pictures).ToString();
            WholeFile.Write(path, temporary => File.WriteAllText(temporary, page));
            WriteObject(new FileInfo(path));
        });
    }

    /// <summary>Pictures that are gone are an error, and the report tells the rest.</summary>
    private ReportPicture? Pictures(FaasTranslation translation)
    {
        ReportPicture? pictures = null;
        Attempt(translation, () =>
        {
            Stopped.ThrowIfCancellationRequested();
            pictures = ReportPicture.Read(translation);
        });
        return pictures;
    }
}
