using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Weights;

namespace FaasPS.Cmdlets;

/// <summary>Convert-FaasCheckpoint: writes a checkpoint as safetensors, with a control branch to train, in half precision, or both.</summary>
[Cmdlet(VerbsData.Convert, "FaasCheckpoint", SupportsShouldProcess = true)]
[OutputType(typeof(ModelFile))]
public sealed class ConvertFaasCheckpointCommand : FaasCmdlet
{
    /// <summary>A checkpoint, or a model's folder, whose base and control branch become one file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The file to write; by default beside the checkpoint, its name telling what was done.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>Adds the control branch that FCDiffusion's training starts from, as for Stable Diffusion 2.1-base.</summary>
    [Parameter]
    public SwitchParameter ToControl { get; set; }

    /// <summary>Writes safetensors, which every conversion does: for converting a .ckpt and nothing else.</summary>
    [Parameter]
    public SwitchParameter ToSafetensors { get; set; }

    /// <summary>Writes weights in half precision.</summary>
    [Parameter]
    public SwitchParameter ToHalf { get; set; }

    /// <summary>The control branch to take from a folder that has several.</summary>
    [Parameter]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    public FaasBand? Band { get; set; }

    /// <summary>The configuration, where none lies beside the checkpoint; by default the published FCDiffusion's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>Seeds the new layers of a control branch.</summary>
    [Parameter]
    [SeedTransformation]
    public long? Seed { get; set; }

    /// <summary>Leaves a file that exists as it is.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (!ToControl && !ToSafetensors && !ToHalf) ThrowTerminatingError(ErrorRecords.ConversionMissing());
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(Path, () =>
    {
        var source = ResolveNew(Path);
        var output = OutputPath is null ? Beside(source) : ResolveNew(OutputPath);
        if (NoClobber && File.Exists(output))
        {
            WriteError(ErrorRecords.OutputExists(output));
            return;
        }
        if (System.IO.Path.GetFullPath(output) == System.IO.Path.GetFullPath(source))
            throw new IOException($"'{output}' is the checkpoint itself. Name another -OutputPath.");
        if (!ShouldProcess(source, $"Convert to '{output}'")) return;
        WriteObject(CheckpointConverter.Convert(new ConversionOptions(source, output)
        {
            ToControl = ToControl,
            ToHalf = ToHalf,
            Band = Band,
            Config = Config is null ? null : ResolveNew(Config),
            Seed = Seed ?? 0,
        }));
    });

    private string Beside(string source)
    {
        var suffix = (ToControl ? "_control" : "") + (ToHalf ? "_half" : "");
        return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(source)!, $"{ModelLoader.NameOf(source)}{suffix}.safetensors");
    }
}
