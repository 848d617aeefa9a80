using System.Diagnostics;
using System.Management.Automation;
using FaasPS.Engine;

namespace FaasPS.Cmdlets;

/// <summary>
/// Shows a batch's progress: the pictures outside, the steps inside, about five times a second. A new record each time, since PowerShell
/// keeps the ones it was given; both are completed whatever happens.
/// </summary>
internal sealed class TranslationProgressWriter(Cmdlet cmdlet, IReadOnlyList<TranslationJob> jobs)
    : IProgress<TranslationProgress>, IDisposable
{
    private const int Pictures = 1;
    private const int Steps = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch sampling = new();
    private readonly Stopwatch sinceLast = new();

    public void Report(TranslationProgress value)
    {
        if (value.Stage == TranslationStage.Sampling && value.Step == 0) sampling.Start();
        if (sinceLast.IsRunning && sinceLast.Elapsed < Interval && value.Step < value.Steps) return;
        sinceLast.Restart();

        var name = Path.GetFileName(jobs[0].Source);
        var status = jobs.Count == 1 ? name : $"{name} and {jobs.Count - 1} more";
        cmdlet.WriteProgress(new ProgressRecord(Pictures, "Translating pictures", status) { CurrentOperation = value.Stage.ToString() });
        if (value.Stage != TranslationStage.Sampling) return;
        cmdlet.WriteProgress(new ProgressRecord(Steps, "Sampling", $"Step {value.Step} of {value.Steps}")
        {
            ParentActivityId = Pictures,
            PercentComplete = 100 * value.Step / value.Steps,
            SecondsRemaining = SecondsRemaining(value),
        });
    }

    private int SecondsRemaining(TranslationProgress value) => value.Step == 0
        ? -1
        : (int)Math.Ceiling(sampling.Elapsed.TotalSeconds / value.Step * (value.Steps - value.Step));

    public void Dispose()
    {
        try
        {
            foreach (var (activity, parent) in new[] { (Steps, Pictures), (Pictures, -1) })
            {
                cmdlet.WriteProgress(new ProgressRecord(activity, "Translating", "Done")
                {
                    ParentActivityId = parent,
                    RecordType = ProgressRecordType.Completed,
                });
            }
        }
        catch (PipelineStoppedException)
        {
            // A stopped pipeline takes no more records; its host clears the progress itself.
        }
    }
}
