using System.Management.Automation;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets;

/// <summary>Compare-FaasTranslation: how near results are to a reference.</summary>
[Cmdlet(VerbsData.Compare, "FaasTranslation")]
[OutputType(typeof(FaasFidelity))]
public sealed class CompareFaasTranslationCommand : FaasCmdlet
{
    private FaasModel.Lease? lease;
    private RgbImage? reference;

    /// <summary>What is judged: a result, or a picture's path, taken as it stands.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("OutputPath", "PSPath")]
    [PictureTransformation]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What it should be: a result, or a picture's path.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [PictureTransformation]
    [ValidateNotNullOrEmpty]
    public string Reference { get; set; } = "";

    /// <summary>The model whose latents are compared; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelCompleter))]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Reference = ResolveNew(Reference);
        reference = Require(Reference, () => ImageReader.Read(Reference));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(Path, () =>
    {
        var path = ResolveNew(Path);
        var picture = ImageReader.Read(path);
        lease ??= (Model ?? DefaultModel()).Use();
        WriteObject(new FaasFidelity(path, Reference, FidelityMeasure.Compare(picture, reference!, lease.Engine)));
    });

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) lease?.Dispose();
        base.Dispose(disposing);
    }
}
