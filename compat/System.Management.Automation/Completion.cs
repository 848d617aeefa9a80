namespace System.Management.Automation;

public enum CompletionResultType
{
    Text = 0,
    History = 1,
    Command = 2,
    ProviderItem = 3,
    ProviderContainer = 4,
    Property = 5,
    Method = 6,
    ParameterName = 7,
    ParameterValue = 8,
    Variable = 9,
    Namespace = 10,
    Type = 11,
    Keyword = 12,
    DynamicKeyword = 13,
}

public class CompletionResult(string completionText, string listItemText, CompletionResultType resultType, string toolTip)
{
    public CompletionResult(string completionText)
        : this(completionText, completionText, CompletionResultType.Text, completionText)
    {
    }

    public string CompletionText { get; } = NotEmpty(completionText);

    public string ListItemText { get; } = NotEmpty(listItemText);

    public CompletionResultType ResultType { get; } = resultType;

    public string ToolTip { get; } = NotEmpty(toolTip);

    private static string NotEmpty(string text) =>
        string.IsNullOrEmpty(text) ? throw new PSArgumentNullException(nameof(text)) : text;
}
