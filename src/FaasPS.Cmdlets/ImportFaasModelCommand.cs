using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Models;

namespace FaasPS.Cmdlets;

/// <summary>Import-FaasModel: loads a model and makes it the default.</summary>
[Cmdlet(VerbsData.Import, "FaasModel")]
[OutputType(typeof(FaasModel))]
public sealed class ImportFaasModelCommand : FaasCmdlet
{
    /// <summary>A checkpoint, or a folder that holds one.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The model's model_config.yaml, where it does not lie beside the checkpoint.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>The vocabulary, where it lies neither beside the checkpoint nor among the user's data.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Tokenizer { get; set; }

    /// <summary>The band of the control branch, where the configuration does not tell it.</summary>
    [Parameter]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    public FaasBand? Band { get; set; }

    /// <summary>cpu, cuda, cuda:N or auto.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = "auto";

    /// <summary>
    /// What to compute in. By default Float16 on CUDA; on a processor with instructions for it BFloat16, for models wide enough to gain by it;
    /// else Float32. -Verbose tells why.
    /// </summary>
    [Parameter]
    [ComputeTypeTransformation]
    public ComputeType? DType { get; set; }

    /// <summary>The name to call it by; the file's or folder's by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(Path, () =>
    {
        var path = ResolveNew(Path);
        var files = ModelFiles.Find(path, Config is null ? null : ResolveNew(Config));
        var name = Name ?? ModelLoader.NameOf(path);
        var model = ModelLoader.Load(
            files, name, DType ?? ChooseType(files, Device), Band, Tokenizer is null ? null : ResolveNew(Tokenizer), Device);
        WriteVerbose($"Loaded '{model.Name}' ({model.Parameters:N0} weights, {model.DType}) to {model.Device}.");
        WriteObject(model);
    });
}
