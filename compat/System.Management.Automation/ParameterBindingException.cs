namespace System.Management.Automation;

/// <summary>An argument could not be given to a parameter. The id is the engine's own, for example MissingMandatoryParameter.</summary>
public class ParameterBindingException : RuntimeException
{
    private readonly ErrorCategory category = ErrorCategory.InvalidArgument;
    private readonly object? target;
    private ErrorRecord? record;

    public ParameterBindingException(string message)
        : base(message)
    {
    }

    public ParameterBindingException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal ParameterBindingException(
        string errorId, string message, string parameterName = "", Exception? inner = null,
        ErrorCategory category = ErrorCategory.InvalidArgument, object? target = null)
        : base(message, inner) => (ErrorId, ParameterName, this.category, this.target) = (errorId, parameterName, category, target);

    public string ParameterName { get; } = "";

    public new string ErrorId { get; } = "ParameterBindingException";

    public InvocationInfo? CommandInvocation { get; internal set; }

    public override ErrorRecord ErrorRecord =>
        record ??= new ErrorRecord(new ParentContainsErrorRecordException(Message, this), ErrorId, category, target);

    /// <summary>Transformation and validation failures stop the search for a parameter that fits; a failed conversion does not.</summary>
    internal bool IsFinal => ErrorId.StartsWith("ParameterArgument", StringComparison.Ordinal);
}
