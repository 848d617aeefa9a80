using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using FaasPS.Engine.Training;

namespace FaasPS.Cmdlets;

/// <summary>Shows a training run's steps, loss and time left about twice a second, and completes the record whatever happens.</summary>
internal sealed class TrainingProgressWriter(Cmdlet cmdlet, TrainingOptions options) : IProgress<TrainingProgress>, IDisposable
{
    private const int Activity = 1;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Stopwatch sinceLast = new();
    private string activity = "";

    public void Report(TrainingProgress value) => Write(() =>
    {
        if (value.Activity != activity) cmdlet.WriteVerbose($"{value.Activity}.");
        else if (sinceLast.Elapsed < Interval && value.Step < value.Steps) return;
        activity = value.Activity;
        sinceLast.Restart();
        var status = double.IsNaN(value.Loss)
            ? value.Activity
            : string.Create(CultureInfo.InvariantCulture, $"Step {value.Step} of {value.Steps}, loss {value.Loss:g4}");
        cmdlet.WriteProgress(new ProgressRecord(Activity, $"Training {options.Stage}", status)
        {
            PercentComplete = (int)(100 * value.Step / value.Steps),
            SecondsRemaining = value.Remaining is { } left ? (int)Math.Min(int.MaxValue, left.TotalSeconds) : -1,
        });
    });

    public void Dispose() => Write(() => cmdlet.WriteProgress(
        new ProgressRecord(Activity, $"Training {options.Stage}", "Done") { RecordType = ProgressRecordType.Completed }));

    /// <summary>A stopped pipeline takes no more records, but the run has a checkpoint to write: its token ends it.</summary>
    private static void Write(Action write)
    {
        try
        {
            write();
        }
        catch (PipelineStoppedException)
        {
            // The host clears the progress itself.
        }
    }
}
