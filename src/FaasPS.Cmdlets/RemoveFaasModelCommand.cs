using System.Management.Automation;

namespace FaasPS.Cmdlets;

/// <summary>Remove-FaasModel: takes models out and frees their memory once no run uses them.</summary>
[Cmdlet(VerbsCommon.Remove, "FaasModel", SupportsShouldProcess = true, DefaultParameterSetName = "Name")]
public sealed class RemoveFaasModelCommand : PSCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The models themselves.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Model", ValueFromPipeline = true)]
    [ValidateNotNull]
    public FaasModel[] Model { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var model in ParameterSetName == "Model" ? Model : Named())
        {
            if (ShouldProcess(model.Name, "Remove")) ModelCatalog.Remove(model);
        }
    }

    private IEnumerable<FaasModel> Named()
    {
        foreach (var name in Name)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            var found = ModelCatalog.All.Where(model => pattern.IsMatch(model.Name)).ToArray();
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                WriteError(ErrorRecords.ModelMissing(name, ModelCatalog.All.Select(model => model.Name)));
            foreach (var model in found) yield return model;
        }
    }
}
