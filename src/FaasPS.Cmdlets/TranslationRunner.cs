using System.Globalization;
using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;

namespace FaasPS.Cmdlets;

/// <summary>One picture to make and where it goes; no band means the model's, no score that no router was asked.</summary>
internal sealed record TranslationJob(string Source, string Output, ControlBand? Band, FaasPromptScore? Score, TranslationInput Input)
{
    public TranslationRoute Route => Score is null ? TranslationRoute.Full : Enum.Parse<TranslationRoute>(Score.Route);
}

/// <summary>
/// Runs batches of one Invoke-FaasTranslate on the engine, with progress, and writes the pictures. It keeps its model loaded until the
/// cmdlet is done, even when somebody removes it meanwhile.
/// </summary>
internal sealed class TranslationRunner(Cmdlet cmdlet, FaasModel model, TranslationMode mode, SamplerName sampler) : IDisposable
{
    private readonly FaasModel.Lease lease = model.Use();

    public FaasModel Model => model;

    public ModelConfig Config => lease.Engine.Config;

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

    /// <summary>What a run left out: in sum for -Verbose, layer by layer for -Debug.</summary>
    public void Tell(TranslationResult result)
    {
        int Count(Treatment treatment) => result.Trace.Count(row => row.Treatment == treatment);
        var saved = 1 - ((double)result.Macs / result.FullMacs);
        var floor = result.EstimatedPsnr is not { } psnr ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $" Estimated PSNR to the full run: {psnr:f1} dB; computed for the floor: {result.Trace.Count(row => row.Reason == "floor")} layers.");
        cmdlet.WriteVerbose(string.Create(
            CultureInfo.InvariantCulture,
            $"Saved {saved:p1} of the multiply-accumulates: layers run {Count(Treatment.Run)} times, skipped {Count(Treatment.Skip)}, "
            + $"reused {Count(Treatment.Reuse)}.{floor}"));
        foreach (var row in result.Trace) cmdlet.WriteDebug($"Step {row.Step}, {row.Network} {row.Layer}: {row.Treatment} ({row.Reason}).");
    }

    public void Dispose() => lease.Dispose();

    /// <summary>Writes a picture with the facts that repeat it.</summary>
    public FaasTranslation Save(TranslationJob job, TranslationResult result, TranslationOptions options, FidelityReport? fidelity)
    {
        ImageWriter.Write(result.Image, job.Output, Facts(job, result, options).Texts(job, model));
        return new FaasTranslation
        {
            SourcePath = job.Source,
            OutputPath = job.Output,
            Prompt = job.Input.Prompt,
            Band = options.Band.Name(),
            Mode = mode.ToString(),
            Route = job.Route.ToString(),
            Score = job.Score?.Score,
            Fidelity = fidelity is null ? null : new FaasFidelity(job.Output, referencePath: null, fidelity),
            Seed = job.Input.Seed,
            Steps = options.Steps,
            GuidanceScale = options.GuidanceScale,
            Sampler = sampler.ToString(),
            Model = model.Name,
            Policy = options.Policy?.Name,
            EstimatedPsnr = result.EstimatedPsnr,
            Duration = result.Duration,
            PeakMemory = result.PeakMemory,
            MacsSaved = 1 - ((double)result.Macs / result.FullMacs),
            NetworkMacs = result.NetworkMacs,
            Trace = result.Trace,
        };
    }

    /// <summary>Adds a written picture to the manifest of its folder.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission to.</exception>
    public void Record(TranslationJob job, TranslationResult result, TranslationOptions options, FaasTranslation translation, int batch) =>
        ResultManifest.Append(ResultManifest.Beside(job.Output), Facts(job, result, options).Line(translation, model, batch));

    private ResultFacts Facts(TranslationJob job, TranslationResult result, TranslationOptions options) =>
        new(job.Input, result.Image, options, sampler.ToString());
}
