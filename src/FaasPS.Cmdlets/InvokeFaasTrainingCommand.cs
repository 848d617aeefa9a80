using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Training;

namespace FaasPS.Cmdlets;

/// <summary>Invoke-FaasTraining: trains a stage of a model on pictures with captions, or goes on with a run that was stopped.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "FaasTraining", SupportsShouldProcess = true)]
[OutputType(typeof(TrainingResult))]
public sealed class InvokeFaasTrainingCommand : FaasCmdlet
{
    /// <summary>The part to train: Autoencoder first, then Diffusion, then Control for each band.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public TrainingStage Stage { get; set; }

    /// <summary>A folder of pictures with captions in .txt files, or a list with a JSON object a line: image, prompt, source.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Data { get; set; } = "";

    /// <summary>The folder of the model that is made.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = "";

    /// <summary>The model to start from; by default the one in the output directory, else a fresh one after -Config.</summary>
    [Parameter]
    [Alias("Model")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>A YAML file with the sections model (for a fresh model) and training (how to train), either or both.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>The band whose control branch is trained.</summary>
    [Parameter]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    public FaasBand? Band { get; set; }

    /// <summary>Steps in all, instead of the configuration's.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000_000)]
    public int? Steps { get; set; }

    /// <summary>Seeds fresh weights, the order of the examples and the noise.</summary>
    [Parameter]
    [SeedTransformation]
    public long? Seed { get; set; }

    /// <summary>The vocabulary, where it lies neither beside the model nor beside -Config.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Tokenizer { get; set; }

    /// <summary>cpu, cuda, cuda:N or auto.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = "auto";

    /// <summary>Writes the result in half precision.</summary>
    [Parameter]
    public SwitchParameter ToHalf { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var output = ResolveNew(OutputDirectory);
        if (!ShouldProcess(output, Band is { } band ? $"Train {Stage} for {band.Name()}" : $"Train {Stage}")) return;
        Attempt(Data, () =>
        {
            var options = new TrainingOptions
            {
                Stage = Stage,
                Data = ResolveNew(Data),
                OutputDirectory = output,
                Model = Path is null ? null : ResolveNew(Path),
                Config = Config is null ? null : ResolveNew(Config),
                Band = Band,
                Steps = Steps,
                Seed = Seed ?? 0,
                Tokenizer = Tokenizer is null ? null : ResolveNew(Tokenizer),
                Device = Device,
                HalfPrecision = ToHalf,
            };
            using var progress = new TrainingProgressWriter(this, options);
            WriteObject(Trainer.Run(options, progress, Stopped));
        });
    }
}
