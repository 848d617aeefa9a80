using System.Management.Automation;
using FaasPS.Engine.Routing;

namespace FaasPS.Cmdlets;

/// <summary>New-FaasRouter: trains a prompt router on labels, or on what skipping did to results.</summary>
[Cmdlet(VerbsCommon.New, "FaasRouter", SupportsShouldProcess = true, DefaultParameterSetName = "Result")]
[OutputType(typeof(FaasRouter))]
public sealed class NewFaasRouterCommand : FaasCmdlet
{
    private readonly List<(string Prompt, double Damage)> measured = [];

    /// <summary>The file to write, a .safetensors; as prompt_router.safetensors beside a model, it is that model's own router.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string OutputPath { get; set; } = "";

    /// <summary>Results of Invoke-FaasTranslate -Baseline: the more skipping harmed them, the more complex their prompts.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Result", ValueFromPipeline = true)]
    [ValidateNotNull]
    public FaasTranslation[] InputObject { get; set; } = [];

    /// <summary>Labels: a JSON list of {"prompt": text, "complexity_score": 0 to 1}.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Label")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Passes over the prompts.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int Epochs { get; set; } = 60;

    /// <summary>Prompts to a training step.</summary>
    [Parameter]
    [ValidateRange(1, 65_536)]
    public int BatchSize { get; set; } = 32;

    /// <summary>The training's step size.</summary>
    [Parameter]
    [ValidateRange(1e-9, 1.0)]
    public double LearningRate { get; set; } = 1e-4;

    /// <summary>The share of prompts that the router is only tested on.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.9)]
    public double HoldOut { get; set; } = 0.2;

    /// <summary>The same seed gives the same router.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long Seed { get; set; }

    /// <summary>The model whose prompts it will route; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelCompleter))]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var result in InputObject)
        {
            // What a router made complex was computed in full: it tells nothing of skipping.
            if (result.Fidelity is null || result.Route == nameof(TranslationRoute.Complex)) WriteError(ErrorRecords.DamageUnknown(result));
            else measured.Add((result.Prompt, 1 - result.Fidelity.Ssim));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Attempt(ParameterSetName == "Label" ? Path : OutputPath, () =>
    {
        var output = ResolveNew(OutputPath);
        var labels = ParameterSetName == "Label" ? LabelledPrompt.Read(ResolveNew(Path)) : DamageLabels.Rank(measured);
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(output)))
            throw new DirectoryNotFoundException($"The folder of '{output}' does not exist; create it first.");
        if (!ShouldProcess(output, $"Train a router on {labels.Count} prompts")) return;
        if (labels.Count > 1 && labels.All(label => label.Complexity == labels[0].Complexity))
            WriteWarning($"All {labels.Count} prompts have the same score, {labels[0].Complexity}: there is nothing to learn of them.");
        Train(labels, output);
    });

    private void Train(IReadOnlyList<LabelledPrompt> labels, string output)
    {
        using var lease = (Model ?? DefaultModel()).Use();
        using var progress = new ShareProgressWriter(this, "Training a router", $"{labels.Count} prompts");
        var options = new RouterTrainingOptions
        {
            Epochs = Epochs,
            BatchSize = BatchSize,
            LearningRate = LearningRate,
            HoldOut = HoldOut,
            Seed = Seed,
        };
        using (var router = RouterTrainer.Train(labels, lease.Pipeline.Prompts, options, progress, Stopped)) router.Save(output);
        WriteObject(FaasRouter.Load(output));
    }
}
