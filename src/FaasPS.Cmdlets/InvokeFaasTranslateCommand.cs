using System.Globalization;
using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;

namespace FaasPS.Cmdlets;

/// <summary>Invoke-FaasTranslate: translates pictures by a prompt.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "FaasTranslate", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FaasTranslation))]
public sealed class InvokeFaasTranslateCommand : FaasCmdlet
{
    private readonly List<TranslationJob> waiting = [];
    private readonly OutputNames names = new();
    private TranslationRunner? runner;
    private PromptScorer? scorer;

    /// <summary>Pictures, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Pictures, their names taken as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What the pictures should become; by default the text of the .txt file beside each. May be empty.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Prompt { get; set; }

    /// <summary>The band of the source that steers the translation; the model's by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BandTransformation]
    public ControlBand? Band { get; set; }

    /// <summary>How much may be left out.</summary>
    [Parameter]
    public TranslationMode Mode { get; set; }

    /// <summary>The router, or its file, that tells by the prompt whether the mode applies.</summary>
    [Parameter]
    [RouterTransformation]
    [ValidateNotNull]
    public FaasRouter? Router { get; set; }

    /// <summary>Prompts that score below it are simple; the router's own by default. Without -Router, that of the model is taken.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? Threshold { get; set; }

    /// <summary>Computes the full run as well, with the same seed, and tells how near the result is to it.</summary>
    [Parameter]
    public SwitchParameter Baseline { get; set; }

    /// <summary>The number of sampling steps.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Steps { get; set; } = 50;

    /// <summary>How far the prompt pulls; 1 is no guidance and takes half the time.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double GuidanceScale { get; set; } = 9;

    /// <summary>The sampler.</summary>
    [Parameter]
    public SamplerName Sampler { get; set; }

    /// <summary>DDIM's eta: 0 is deterministic.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double Eta { get; set; }

    /// <summary>The quantile of the predicted latents beyond which they are squashed, such as 0.995.</summary>
    [Parameter]
    [ValidateRange(0.001, 1.0)]
    public double? DynamicThreshold { get; set; }

    /// <summary>How the steps are spread over the diffusion timesteps.</summary>
    [Parameter]
    public TimestepSpacing TimestepSpacing { get; set; }

    /// <summary>The first picture's seed; each further variant's is one higher. By default drawn for each picture.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SeedTransformation]
    public long? Seed { get; set; }

    /// <summary>The number of variants of each picture.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Count { get; set; } = 1;

    /// <summary>The pictures computed together.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int BatchSize { get; set; } = 1;

    /// <summary>The result's width; the model's by default.</summary>
    [Parameter]
    [ValidateRange(8, 8192)]
    public int? Width { get; set; }

    /// <summary>The result's height; the model's by default.</summary>
    [Parameter]
    [ValidateRange(8, 8192)]
    public int? Height { get; set; }

    /// <summary>What happens to a source of another aspect ratio.</summary>
    [Parameter]
    public ResizeFit Fit { get; set; }

    /// <summary>Where the results go; by default the folder 'translated' below the current location.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = "translated";

    /// <summary>Leaves results that exist as they are.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>The model, or its name; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
    [ModelTransformation]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Mode == TranslationMode.Full) return;
        WriteWarning($"No policy is loaded, so -Mode {Mode} has nothing to skip by: everything is computed, as in -Mode Full.");
        Mode = TranslationMode.Full;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var literal = ParameterSetName == "LiteralPath";
        foreach (var source in ResolveFiles(literal ? LiteralPath : Path, literal))
            Attempt(source, () => Accept(source));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            runner?.Dispose();
            scorer?.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Queues a source's variants and runs whatever fills a batch.</summary>
    private void Accept(string source)
    {
        if (!File.Exists(source)) throw new FileNotFoundException($"There is no picture at '{source}'.", source);
        if ((Prompt ?? PromptBeside(source)) is not { } prompt) return;
        var folder = ResolveNew(OutputDirectory);
        // The route is part of the name, and only the model can tell it: asked first, -WhatIf loads none.
        var routed = Router is not null || Threshold is not null;
        if (routed && !ShouldProcess(source, $"Translate to '{folder}'")) return;
        var score = routed ? Route(source, prompt) : null;
        RgbImage? image = null;
        var first = Seed ?? Random.Shared.NextInt64(1L << 31);
        for (var variant = 0; variant < Count; variant++)
        {
            var output = names.Next(folder, Mode, score?.Route ?? TranslationRoute.Full, source);
            if (NoClobber && File.Exists(output))
            {
                WriteError(ErrorRecords.OutputExists(output));
                continue;
            }
            if (!routed && !ShouldProcess(source, $"Translate to '{output}'")) continue;
            image ??= ImageReader.Read(source);
            // Before the minutes that a picture can take, not after.
            if (!TryWrite(output, () => Directory.CreateDirectory(System.IO.Path.GetDirectoryName(output)!))) continue;
            var job = new TranslationJob(source, output, Band, score, new TranslationInput(image, prompt, first + variant));
            // A batch has one band and one route, and each picture may come with others.
            if (waiting is [var queued, ..] && (queued.Band, queued.Route) != (job.Band, job.Route)) Flush();
            waiting.Add(job);
            if (waiting.Count >= BatchSize) Flush();
        }
    }

    private FaasPromptScore Route(string source, string prompt)
    {
        Model ??= DefaultModel();
        scorer ??= Require(Router ?? (object)Model, () => new PromptScorer(Model, Router, Threshold));
        var score = scorer.Score(prompt);
        WriteVerbose(string.Create(
            CultureInfo.InvariantCulture, $"The prompt of '{source}' is {score.Route}: {score.Score:f3} against {score.Threshold:f3}."));
        return score;
    }

    private void Flush()
    {
        if (waiting.Count == 0) return;
        var jobs = waiting.ToArray();
        waiting.Clear();
        Attempt(jobs[0].Source, () =>
        {
            runner ??= new TranslationRunner(this, Model ?? DefaultModel(), Mode, Sampler);
            var band = jobs[0].Band ?? ControlBands.Parse(runner.Model.Band);
            var options = new TranslationOptions
            {
                Band = band,
                Steps = Steps,
                GuidanceScale = GuidanceScale,
                Eta = Eta,
                DynamicThreshold = DynamicThreshold,
                Spacing = TimestepSpacing,
                Width = Width,
                Height = Height,
                Fit = Fit,
            };
            if (jobs[0].Route == TranslationRoute.Complex) options = options.InFull();
            WriteVerbose($"Translating '{string.Join("', '", jobs.Select(job => job.Source))}' by {band.Name()}, model '{runner.Model}'.");
            var results = runner.Translate(jobs, options, Stopped);
            var fidelities = Baseline ? runner.CompareWithFull(jobs, results, options, Stopped) : null;
            for (var i = 0; i < jobs.Length; i++)
            {
                var (job, result, fidelity) = (jobs[i], results[i], fidelities?[i]);
                if (result.PromptTruncated)
                    WriteWarning($"The prompt of '{job.Source}' is longer than the model reads; its end was left out.");
                TryWrite(job.Output, () => WriteObject(runner.Save(job, result, options, fidelity)));
            }
        });
    }

    private bool TryWrite(string output, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteError(ErrorRecords.OutputUnwritable(output, exception));
            return false;
        }
    }
}
