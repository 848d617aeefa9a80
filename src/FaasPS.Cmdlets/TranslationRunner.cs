using System.Globalization;
using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets;

/// <summary>One picture to make and where it goes; no band means the model's, no score that no router was asked.</summary>
internal sealed record TranslationJob(string Source, string Output, ControlBand? Band, FaasPromptScore? Score, TranslationInput Input)
{
    public TranslationRoute Route => Score?.Route ?? TranslationRoute.Full;
}

/// <summary>
/// Runs batches of one Invoke-FaasTranslate on the engine, with progress, and writes the pictures. It keeps its model loaded until the
/// cmdlet is done, even when somebody removes it meanwhile.
/// </summary>
internal sealed class TranslationRunner(Cmdlet cmdlet, FaasModel model, TranslationMode mode, SamplerName sampler) : IDisposable
{
    private readonly FaasModel.Lease lease = model.Use();

    public FaasModel Model => model;

    /// <summary>Computes a batch.</summary>
    public IReadOnlyList<TranslationResult> Translate(
        IReadOnlyList<TranslationJob> jobs, TranslationOptions options, CancellationToken stopped)
    {
        using var progress = new TranslationProgressWriter(cmdlet, jobs);
        return lease.Pipeline.Run([.. jobs.Select(job => job.Input)], options, progress, stopped);
    }

    /// <summary>How near results are to the same run in full, which is computed where they were not made by it.</summary>
    public IReadOnlyList<FidelityReport> CompareWithFull(
        IReadOnlyList<TranslationJob> jobs, IReadOnlyList<TranslationResult> results, TranslationOptions options, CancellationToken stopped)
    {
        var full = options.InFull();
        var references = full == options ? results : Translate(jobs, full, stopped);
        return [.. results.Zip(references, (result, reference) => FidelityMeasure.Compare(result.Image, reference.Image, lease.Engine))];
    }

    public void Dispose() => lease.Dispose();

    /// <summary>Writes a picture with the facts that repeat it.</summary>
    public FaasTranslation Save(TranslationJob job, TranslationResult result, TranslationOptions options, FidelityReport? fidelity)
    {
        ImageWriter.Write(result.Image, job.Output, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Software"] = "FaasPS",
            ["Prompt"] = job.Input.Prompt,
            ["Seed"] = job.Input.Seed.ToString(CultureInfo.InvariantCulture),
            ["Band"] = options.Band.Name(),
            ["Steps"] = options.Steps.ToString(CultureInfo.InvariantCulture),
            ["GuidanceScale"] = options.GuidanceScale.ToString(CultureInfo.InvariantCulture),
            ["Model"] = model.Name,
            ["Mode"] = options.Mode.ToString(),
        });
        return new FaasTranslation
        {
            SourcePath = job.Source,
            OutputPath = job.Output,
            Prompt = job.Input.Prompt,
            Band = options.Band.Name(),
            Mode = mode,
            Route = job.Route,
            Score = job.Score?.Score,
            Fidelity = fidelity is null ? null : new FaasFidelity(job.Output, referencePath: null, fidelity),
            Seed = job.Input.Seed,
            Steps = options.Steps,
            GuidanceScale = options.GuidanceScale,
            Sampler = sampler,
            Model = model.Name,
            Policy = options.Policy?.Name,
            EstimatedPsnr = result.EstimatedPsnr,
            Duration = result.Duration,
            MacsSaved = 1 - ((double)result.Macs / result.FullMacs),
            NetworkMacs = result.NetworkMacs,
            Trace = result.Trace,
        };
    }
}
