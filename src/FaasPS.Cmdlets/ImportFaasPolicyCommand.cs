using System.Management.Automation;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Import-FaasPolicy: reads skipping policies.</summary>
[Cmdlet(VerbsData.Import, "FaasPolicy", DefaultParameterSetName = "Path")]
[OutputType(typeof(FaasPolicy))]
public sealed class ImportFaasPolicyCommand : FaasCmdlet
{
    /// <summary>Policy files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Policy files, their names taken as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var literal = ParameterSetName == "LiteralPath";
        foreach (var file in ResolveFiles(literal ? LiteralPath : Path, literal))
            Attempt(file, () => WriteObject(new FaasPolicy(PolicyFile.Read(file))));
    }
}
