namespace System.Management.Automation;

public class PSInvalidOperationException : InvalidOperationException, IContainsErrorRecord
{
    private readonly string errorId = "InvalidOperation";

    public PSInvalidOperationException(string message)
        : base(message)
    {
    }

    public PSInvalidOperationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal PSInvalidOperationException(string message, string errorId)
        : base(message) => this.errorId = errorId;

    public ErrorRecord ErrorRecord => new(new ParentContainsErrorRecordException(Message), errorId, ErrorCategory.InvalidOperation, null);
}

public class PSArgumentException : ArgumentException, IContainsErrorRecord
{
    public PSArgumentException(string message)
        : base(message)
    {
    }

    public PSArgumentException(string message, string paramName)
        : base(message, paramName)
    {
    }

    public ErrorRecord ErrorRecord => new(new ParentContainsErrorRecordException(Message), "Argument", ErrorCategory.InvalidArgument, null);
}

public class PSArgumentNullException : ArgumentNullException, IContainsErrorRecord
{
    public PSArgumentNullException(string paramName)
        : base(paramName)
    {
    }

    public PSArgumentNullException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public ErrorRecord ErrorRecord =>
        new(new ParentContainsErrorRecordException(Message), "ArgumentNull", ErrorCategory.InvalidArgument, null);
}

public class PSArgumentOutOfRangeException : ArgumentOutOfRangeException, IContainsErrorRecord
{
    public PSArgumentOutOfRangeException(string paramName, object actualValue, string message)
        : base(paramName, actualValue, message)
    {
    }

    public ErrorRecord ErrorRecord =>
        new(new ParentContainsErrorRecordException(Message), "ArgumentOutOfRange", ErrorCategory.InvalidArgument, null);
}

public class PSNotSupportedException : NotSupportedException, IContainsErrorRecord
{
    public PSNotSupportedException(string message)
        : base(message)
    {
    }

    public ErrorRecord ErrorRecord =>
        new(new ParentContainsErrorRecordException(Message), "NotSupported", ErrorCategory.NotImplemented, null);
}

/// <summary>A value could not be converted; the binder treats it as "does not fit", not as a failure of the cmdlet.</summary>
public class PSInvalidCastException : InvalidCastException, IContainsErrorRecord
{
    public PSInvalidCastException(string message)
        : base(message)
    {
    }

    public PSInvalidCastException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public ErrorRecord ErrorRecord =>
        new(new ParentContainsErrorRecordException(Message), "PSInvalidCastException", ErrorCategory.InvalidArgument, null);
}
