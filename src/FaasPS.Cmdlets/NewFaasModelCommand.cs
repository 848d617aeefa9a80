using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Weights;

namespace FaasPS.Cmdlets;

/// <summary>New-FaasModel: makes a model with fresh weights, which training starts from.</summary>
[Cmdlet(VerbsCommon.New, "FaasModel", SupportsShouldProcess = true)]
[OutputType(typeof(ModelFile))]
public sealed class NewFaasModelCommand : FaasCmdlet
{
    /// <summary>The model_config.yaml that describes it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string Config { get; set; } = "";

    /// <summary>The folder of the model.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = "";

    /// <summary>The bands that get a control branch; by default the configuration's.</summary>
    [Parameter]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    public FaasBand[]? Band { get; set; }

    /// <summary>The same seed gives the same weights.</summary>
    [Parameter]
    [SeedTransformation]
    public long? Seed { get; set; }

    /// <summary>The vocabulary to put beside it, where it does not lie beside -Config.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Tokenizer { get; set; }

    /// <summary>Writes weights in half precision.</summary>
    [Parameter]
    public SwitchParameter ToHalf { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var folder = ResolveNew(OutputDirectory);
        if (!ShouldProcess(folder, "Create model")) return;
        Attempt(Config, () => WriteObject(
            ModelMaker.Create(new FreshModelOptions(ResolveNew(Config), folder)
            {
                Seed = Seed ?? 0,
                Bands = Band is null ? null : Array.ConvertAll(Band, band => band.Value),
                Tokenizer = Tokenizer is null ? null : ResolveNew(Tokenizer),
                HalfPrecision = ToHalf,
            }),
            enumerateCollection: true));
    }
}
