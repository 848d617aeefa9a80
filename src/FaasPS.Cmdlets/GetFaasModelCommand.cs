using System.Management.Automation;

namespace FaasPS.Cmdlets;

/// <summary>Get-FaasModel: lists the imported models.</summary>
[Cmdlet(VerbsCommon.Get, "FaasModel")]
[OutputType(typeof(FaasModel))]
public sealed class GetFaasModelCommand : PSCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            var found = ModelCatalog.All.Where(model => pattern.IsMatch(model.Name)).ToArray();
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                WriteError(ErrorRecords.ModelMissing(name, ModelCatalog.All.Select(model => model.Name)));
            WriteObject(found, enumerateCollection: true);
        }
    }
}
