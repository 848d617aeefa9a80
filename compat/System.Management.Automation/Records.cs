namespace System.Management.Automation;

public enum ActionPreference
{
    SilentlyContinue = 0,
    Stop = 1,
    Continue = 2,
    Inquire = 3,
    Ignore = 4,
    Suspend = 5,
    Break = 6,
}

public enum ProgressRecordType
{
    Processing,
    Completed,
}

public class ProgressRecord
{
    private string activity = "";
    private string statusDescription = "";
    private int parentActivityId = -1;
    private int percentComplete = -1;

    public ProgressRecord(int activityId, string activity, string statusDescription)
    {
        if (activityId < 0)
            throw new PSArgumentOutOfRangeException(nameof(activityId), activityId, "An activity id cannot be negative.");
        ActivityId = activityId;
        Activity = activity;
        StatusDescription = statusDescription;
    }

    public int ActivityId { get; }

    /// <summary>The activity inside which this one runs; -1 for none.</summary>
    public int ParentActivityId
    {
        get => parentActivityId;
        set => parentActivityId = value == ActivityId
            ? throw new PSArgumentException("An activity cannot be its own parent.", nameof(value))
            : value;
    }

    public string Activity
    {
        get => activity;
        set => activity = NotEmpty(value, nameof(Activity));
    }

    public string StatusDescription
    {
        get => statusDescription;
        set => statusDescription = NotEmpty(value, nameof(StatusDescription));
    }

    public string? CurrentOperation { get; set; }

    /// <summary>0 to 100; -1 when unknown.</summary>
    public int PercentComplete
    {
        get => percentComplete;
        set => percentComplete = value > 100
            ? throw new PSArgumentOutOfRangeException(nameof(value), value, "A percentage cannot be above 100.")
            : value;
    }

    public int SecondsRemaining { get; set; } = -1;

    public ProgressRecordType RecordType { get; set; }

    public override string ToString() =>
        $"parent = {ParentActivityId} id = {ActivityId} act = {Activity} stat = {StatusDescription} cur = {CurrentOperation} "
        + $"pct = {PercentComplete} sec = {SecondsRemaining} type = {RecordType}";

    private static string NotEmpty(string value, string name) =>
        string.IsNullOrEmpty(value) ? throw new PSArgumentException($"A progress record's {name} cannot be empty.", name) : value;
}

public abstract class InformationalRecord
{
    private protected InformationalRecord(string message) => Message = message;

    public string Message { get; set; }

    public InvocationInfo? InvocationInfo { get; internal set; }

    public override string ToString() => Message;
}

public class WarningRecord(string message) : InformationalRecord(message);

public class VerboseRecord(string message) : InformationalRecord(message);

public class DebugRecord(string message) : InformationalRecord(message);

public class InformationRecord(object messageData, string source)
{
    public object MessageData { get; } = messageData;

    public string Source { get; set; } = source;

    public DateTime TimeGenerated { get; set; } = DateTime.Now;

    public List<string> Tags { get; } = [];

    public override string ToString() => MessageData?.ToString() ?? "";
}
