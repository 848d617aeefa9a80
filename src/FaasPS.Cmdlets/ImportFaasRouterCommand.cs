using System.Management.Automation;

namespace FaasPS.Cmdlets;

/// <summary>Import-FaasRouter: loads a prompt router.</summary>
[Cmdlet(VerbsData.Import, "FaasRouter")]
[OutputType(typeof(FaasRouter))]
public sealed class ImportFaasRouterCommand : FaasCmdlet
{
    /// <summary>The router: the reference's prompt_router.ckpt, or a .safetensors of New-FaasRouter.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(Path, () => WriteObject(FaasRouter.Load(ResolveNew(Path))));
}
