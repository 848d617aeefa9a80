namespace System.Management.Automation;

public interface IContainsErrorRecord
{
    ErrorRecord ErrorRecord { get; }
}

/// <summary>Base of the engine's exceptions; each carries the record that the error stream shows.</summary>
public class RuntimeException : SystemException, IContainsErrorRecord
{
    private ErrorRecord? record;

    public RuntimeException()
        : this("An error occurred while a command ran.")
    {
    }

    public RuntimeException(string message)
        : base(message)
    {
    }

    public RuntimeException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    public RuntimeException(string message, Exception? innerException, ErrorRecord errorRecord)
        : base(message, innerException) => record = errorRecord;

    public virtual ErrorRecord ErrorRecord =>
        record ??= new ErrorRecord(new ParentContainsErrorRecordException(Message), ErrorId, Category, null);

    private protected virtual string ErrorId => "RuntimeException";

    private protected virtual ErrorCategory Category => ErrorCategory.NotSpecified;
}

/// <summary>Stands in a record for the exception that carries the record itself.</summary>
public class ParentContainsErrorRecordException : SystemException
{
    public ParentContainsErrorRecordException(string message)
        : base(message)
    {
    }

    public ParentContainsErrorRecordException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

public class PipelineStoppedException : RuntimeException
{
    public PipelineStoppedException()
        : base("The pipeline has been stopped.")
    {
    }

    public PipelineStoppedException(string message)
        : base(message)
    {
    }

    private protected override string ErrorId => "PipelineStopped";

    private protected override ErrorCategory Category => ErrorCategory.OperationStopped;
}

/// <summary>An error whose action preference was Stop.</summary>
public class ActionPreferenceStopException : RuntimeException
{
    public ActionPreferenceStopException(string message)
        : base(message)
    {
    }

    internal ActionPreferenceStopException(ErrorRecord error)
        : base(
            "The running command stopped because the preference variable \"ErrorActionPreference\" or common parameter "
            + $"is set to Stop: {error}",
            error.Exception,
            error)
    {
    }
}

/// <summary>A cmdlet threw, or ended by ThrowTerminatingError.</summary>
public class CmdletInvocationException : RuntimeException
{
    public CmdletInvocationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal CmdletInvocationException(ErrorRecord error)
        : base(error.ToString(), error.Exception, error)
    {
    }
}

public class CommandNotFoundException : RuntimeException
{
    public CommandNotFoundException(string message)
        : base(message)
    {
    }

    public string CommandName { get; set; } = "";

    private protected override string ErrorId => "CommandNotFoundException";

    private protected override ErrorCategory Category => ErrorCategory.ObjectNotFound;
}

public class MetadataException : RuntimeException
{
    public MetadataException(string message)
        : base(message)
    {
    }

    public MetadataException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    private protected override string ErrorId => "MetadataException";

    private protected override ErrorCategory Category => ErrorCategory.MetadataError;
}

public class ValidationMetadataException : MetadataException
{
    public ValidationMetadataException(string message)
        : base(message)
    {
    }

    public ValidationMetadataException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

public class ArgumentTransformationMetadataException : MetadataException
{
    public ArgumentTransformationMetadataException(string message)
        : base(message)
    {
    }

    public ArgumentTransformationMetadataException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

public class SessionStateException : RuntimeException
{
    public SessionStateException(string message)
        : base(message)
    {
    }

    private protected override ErrorCategory Category => ErrorCategory.InvalidArgument;
}

public class ProviderNotFoundException(string message) : SessionStateException(message)
{
    private protected override ErrorCategory Category => ErrorCategory.ObjectNotFound;
}

public class DriveNotFoundException(string message) : SessionStateException(message)
{
    private protected override string ErrorId => "DriveNotFound";

    private protected override ErrorCategory Category => ErrorCategory.ObjectNotFound;
}

public class ItemNotFoundException : SessionStateException
{
    public ItemNotFoundException(string message)
        : base(message)
    {
    }

    private protected override string ErrorId => "PathNotFound";

    private protected override ErrorCategory Category => ErrorCategory.ObjectNotFound;
}

public class WildcardPatternException(string message) : RuntimeException(message)
{
    private protected override string ErrorId => "WildcardPattern_Invalid";

    private protected override ErrorCategory Category => ErrorCategory.InvalidArgument;
}
