using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace FaasPS.Host;

/// <summary>Progress on a terminal: one line, rewritten at most five times a second, gone when it is done.</summary>
internal sealed class ProgressLine(TextWriter terminal, Func<int> width)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly SortedDictionary<int, ProgressRecord> active = [];
    private readonly Stopwatch since = new();
    private bool shown;

    public void Show(ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            active.Remove(record.ActivityId);
            Clear();
            return;
        }

        bool isNew = !active.ContainsKey(record.ActivityId);
        active[record.ActivityId] = record;
        if (shown && !isNew && since.Elapsed < Interval)
            return;
        string line = string.Join(" | ", active.Values.Select(Text));
        int most = Math.Max(width() - 1, 10);
        terminal.Write("\r\u001b[2K" + (line.Length > most ? line[..(most - 1)] + "…" : line));
        shown = true;
        since.Restart();
    }

    public void Clear()
    {
        if (shown)
            terminal.Write("\r\u001b[2K");
        shown = false;
    }

    private static string Text(ProgressRecord record)
    {
        string percent = record.PercentComplete >= 0 ? string.Create(CultureInfo.InvariantCulture, $" {record.PercentComplete}%") : "";
        string left = record.SecondsRemaining >= 0 ? $", {TimeSpan.FromSeconds(record.SecondsRemaining):c} left" : "";
        return $"{record.Activity}: {record.StatusDescription}{percent}{left}";
    }
}
