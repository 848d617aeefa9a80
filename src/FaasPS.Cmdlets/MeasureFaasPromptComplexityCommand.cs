using System.Management.Automation;

namespace FaasPS.Cmdlets;

/// <summary>Measure-FaasPromptComplexity: scores prompts by a router.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "FaasPromptComplexity", DefaultParameterSetName = "Prompt")]
[OutputType(typeof(FaasPromptScore))]
public sealed class MeasureFaasPromptComplexityCommand : FaasCmdlet
{
    private readonly List<(string Prompt, string? Source)> waiting = [];
    private PromptScorer? scorer;

    /// <summary>Prompts, one a string; may be empty.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Prompt", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] Prompt { get; set; } = [];

    /// <summary>Files that hold a prompt each, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files that hold a prompt each, their names taken as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The router, or its file; by default the one that lies beside the model.</summary>
    [Parameter]
    [RouterTransformation]
    [ValidateNotNull]
    public FaasRouter? Router { get; set; }

    /// <summary>Scores below it are simple; the router's own by default.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? Threshold { get; set; }

    /// <summary>The prompts computed together.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int BatchSize { get; set; } = 16;

    /// <summary>The model whose text tower reads the prompts; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelCompleter))]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Prompt")
        {
            foreach (var prompt in Prompt) Accept(prompt, source: null);
            return;
        }
        var literal = ParameterSetName == "LiteralPath";
        foreach (var file in ResolveFiles(literal ? LiteralPath : Path, literal))
            Attempt(file, () => Accept(File.ReadAllText(file).Trim(), file));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) scorer?.Dispose();
        base.Dispose(disposing);
    }

    private void Accept(string prompt, string? source)
    {
        waiting.Add((prompt, source));
        if (waiting.Count >= BatchSize) Flush();
    }

    private void Flush()
    {
        if (waiting.Count == 0) return;
        var batch = waiting.ToArray();
        waiting.Clear();
        Attempt(batch[0].Source ?? batch[0].Prompt, () =>
        {
            Stopped.ThrowIfCancellationRequested();
            foreach (var score in (scorer ??= Prepare()).Score(batch))
            {
                if (score.Truncated)
                    WriteWarning($"The prompt {Shown(score.Prompt, score.Source)} is longer than the model reads; its end was left out.");
                WriteObject(score);
            }
        });
    }

    private static string Shown(string prompt, string? source) =>
        source is not null ? $"in '{source}'" : prompt.Length > 40 ? $"'{prompt[..40]}...'" : $"'{prompt}'";

    private PromptScorer Prepare()
    {
        var model = Model ?? DefaultModel();
        var prepared = Require(Router ?? (object)model, () => new PromptScorer(model, Router, Threshold));
        WriteVerbose($"Scoring prompts by '{prepared.Router.Path}' with the text tower of '{model}'.");
        return prepared;
    }
}
