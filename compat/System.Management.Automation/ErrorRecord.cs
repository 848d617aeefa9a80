namespace System.Management.Automation;

public enum ErrorCategory
{
    NotSpecified = 0,
    OpenError = 1,
    CloseError = 2,
    DeviceError = 3,
    DeadlockDetected = 4,
    InvalidArgument = 5,
    InvalidData = 6,
    InvalidOperation = 7,
    InvalidResult = 8,
    InvalidType = 9,
    MetadataError = 10,
    NotImplemented = 11,
    NotInstalled = 12,
    ObjectNotFound = 13,
    OperationStopped = 14,
    OperationTimeout = 15,
    SyntaxError = 16,
    ParserError = 17,
    PermissionDenied = 18,
    ResourceBusy = 19,
    ResourceExists = 20,
    ResourceUnavailable = 21,
    ReadError = 22,
    WriteError = 23,
    FromStdErr = 24,
    SecurityError = 25,
    ProtocolError = 26,
    ConnectionError = 27,
    AuthenticationError = 28,
    LimitsExceeded = 29,
    QuotaExceeded = 30,
    NotEnabled = 31,
}

public class ErrorDetails(string message)
{
    public string Message { get; } = message;

    public string RecommendedAction { get; set; } = "";

    public override string ToString() => Message;
}

public class ErrorCategoryInfo
{
    private readonly ErrorRecord record;
    private string? activity;

    internal ErrorCategoryInfo(ErrorRecord record, ErrorCategory category)
    {
        this.record = record;
        Category = category;
        Reason = record.Exception.GetType().Name;
        TargetName = record.TargetObject?.ToString() ?? "";
        TargetType = record.TargetObject?.GetType().Name ?? "";
    }

    public ErrorCategory Category { get; }

    public string Activity
    {
        get => activity ?? record.InvocationInfo?.MyCommand?.Name ?? "";
        set => activity = value;
    }

    public string Reason { get; set; }

    public string TargetName { get; set; }

    public string TargetType { get; set; }

    public string GetMessage() => $"{Category}: ({TargetName}:{TargetType}) [{Activity}], {Reason}";

    public override string ToString() => GetMessage();
}

/// <summary>One error: what was thrown, a stable id, a category, and the object that was being worked on.</summary>
public class ErrorRecord
{
    private readonly string errorId;
    private ErrorCategoryInfo? info;
    private readonly ErrorCategory category;
    private string? commandType;

    public ErrorRecord(Exception exception, string errorId, ErrorCategory errorCategory, object? targetObject)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Exception = exception;
        this.errorId = errorId ?? "";
        category = errorCategory;
        TargetObject = targetObject;
    }

    public ErrorRecord(ErrorRecord errorRecord, Exception? replaceParentContainsErrorRecordException)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        Exception = errorRecord.Exception is ParentContainsErrorRecordException
            && replaceParentContainsErrorRecordException is { } replacement
            ? replacement
            : errorRecord.Exception;
        (errorId, category, commandType) = (errorRecord.errorId, errorRecord.category, errorRecord.commandType);
        (TargetObject, ErrorDetails, InvocationInfo) = (errorRecord.TargetObject, errorRecord.ErrorDetails, errorRecord.InvocationInfo);
    }

    public Exception Exception { get; }

    public object? TargetObject { get; private set; }

    public ErrorCategoryInfo CategoryInfo => info ??= new ErrorCategoryInfo(this, category);

    /// <summary>The cmdlet's own id and, once written, its type: "FaasModelNotFound,FaasPS.Cmdlets.GetFaasModelCommand".</summary>
    public string FullyQualifiedErrorId =>
        string.IsNullOrEmpty(errorId) ? commandType ?? "" : string.IsNullOrEmpty(commandType) ? errorId : $"{errorId},{commandType}";

    public ErrorDetails? ErrorDetails { get; set; }

    public InvocationInfo? InvocationInfo { get; private set; }

    /// <summary>The pipeline says whose error this is; the first to say it wins.</summary>
    internal void SetInvocation(InvocationInfo? invocation, Type? command)
    {
        InvocationInfo ??= invocation;
        commandType ??= command?.FullName;
    }

    internal void SetTargetObject(object? target) => TargetObject ??= target;

    public override string ToString() => ErrorDetails is { Message.Length: > 0 } details ? details.Message : Exception.Message;
}
