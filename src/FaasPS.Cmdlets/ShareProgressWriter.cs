using System.Diagnostics;
using System.Management.Automation;

namespace FaasPS.Cmdlets;

/// <summary>
/// Shows how much of one activity is done and the time left, about five times a second; completes the record whatever happens.
/// </summary>
internal sealed class ShareProgressWriter(Cmdlet cmdlet, string activity, string status) : IProgress<double>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan next;

    public void Report(double value)
    {
        if (clock.Elapsed < next) return;
        next = clock.Elapsed + Interval;
        cmdlet.WriteProgress(new ProgressRecord(1, activity, status)
        {
            PercentComplete = (int)(100 * value),
            SecondsRemaining = value > 0 ? (int)Math.Ceiling(clock.Elapsed.TotalSeconds * (1 - value) / value) : -1,
        });
    }

    public void Dispose()
    {
        try
        {
            cmdlet.WriteProgress(new ProgressRecord(1, activity, "Done") { RecordType = ProgressRecordType.Completed });
        }
        catch (PipelineStoppedException)
        {
            // A stopped pipeline takes no more records; its host clears the progress itself.
        }
    }
}
