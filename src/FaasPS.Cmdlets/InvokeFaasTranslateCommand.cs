using System.Globalization;
using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Invoke-FaasTranslate: translates pictures by a prompt.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "FaasTranslate", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(FaasTranslation))]
public sealed partial class InvokeFaasTranslateCommand : FaasCmdlet
{
    private readonly List<TranslationJob> waiting = [];
    private readonly OutputNames names = new();
    private TranslationRunner? runner;
    private PromptScorer? scorer;
    private bool promptIsArgument;
    private int left;

    /// <inheritdoc/>
    protected override void BeginProcessing() => promptIsArgument = MyInvocation.BoundParameters.ContainsKey(nameof(Prompt));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var literal = ParameterSetName == "LiteralPath";
        foreach (var source in ResolveFiles(literal ? LiteralPath : Path, literal))
            Attempt(source, () => Accept(source));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Flush();
        if (left > 0)
        {
            WriteWarning(string.Create(
                CultureInfo.InvariantCulture,
                $"-NoClobber: left {left} picture(s) that exist as they are; -Verbose names them. Leave it out to make them anew."));
        }
    }

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
        if (PromptOf(source, Prompt, promptIsArgument) is not { } prompt) return;
        var folder = ResolveNew(OutputDirectory);
        // The route is part of the name, and only the model can tell it: asked first, -WhatIf loads none.
        var routed = Router is not null || Threshold is not null;
        if (routed && !ShouldProcess(source, $"Translate to '{folder}'")) return;
        var score = routed ? Route(source, prompt) : null;
        RgbImage? image = null;
        var first = Seed ?? Random.Shared.NextInt64(1L << 31);
        for (var variant = 0; variant < Count; variant++)
        {
            var output = names.Next(folder, Mode, score?.Route ?? nameof(TranslationRoute.Full), source);
            if (NoClobber && File.Exists(output))
            {
                WriteVerbose($"'{output}' exists and is left as it is.");
                left++;
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
            var options = Options(band, PolicyFor(runner.Model, band), runner.Config);
            if (jobs[0].Route == TranslationRoute.Complex) options = options.InFull();
            WriteVerbose(
                $"Translating '{string.Join("', '", jobs.Select(job => job.Source))}' by {band.Name()}, model '{runner.Model}', "
                + $"{options.Mode} mode{(options.Policy is { } policy ? $", policy '{policy.Name}'" : "")}.");
            var results = runner.Translate(jobs, options, Stopped);
            runner.Tell(results[0]);
            var fidelities = Baseline ? runner.CompareWithFull(jobs, results, options, Stopped) : null;
            for (var i = 0; i < jobs.Length; i++)
            {
                var (job, result, fidelity) = (jobs[i], results[i], fidelities?[i]);
                if (result.PromptTruncated)
                    WriteWarning($"The prompt of '{job.Source}' is longer than the model reads; its end was left out.");
                FaasTranslation? translation = null;
                if (!TryWrite(job.Output, () => translation = runner.Save(job, result, options, fidelity))) continue;
                TryWrite(ResultManifest.Beside(job.Output), () => runner.Record(job, result, options, translation!, jobs.Length));
                WriteObject(translation);
            }
        });
    }

    /// <summary>The policy that was given, else the model's own for the band.</summary>
    private SkipPolicy? PolicyFor(FaasModel model, ControlBand band)
    {
        if (Mode == TranslationMode.Full) return null;
        if (Policy is not null) return Policy.Engine.For(band, model.Name);
        if (PolicyCatalog.Find(model, band) is { } own) return own.Engine;
        if (Mode == TranslationMode.Static)
        {
            throw new PolicyException(
                $"The model '{model}' comes with no policy for {band.Name()}, and -Mode Static skips by one. Give -Policy, "
                + $"or make one with New-FaasPolicy -Band {band.Name()}.");
        }
        WriteVerbose($"The model '{model}' comes with no policy for {band.Name()}: every layer is decided about while the run goes.");
        return null;
    }

    private bool TryWrite(string output, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ImageException)
        {
            WriteError(ErrorRecords.OutputUnwritable(output, exception));
            return false;
        }
    }
}
