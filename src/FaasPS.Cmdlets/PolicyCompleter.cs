using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FaasPS.Cmdlets;

/// <summary>Completes the policies that come with the model, by name; where none begins so, PowerShell completes files.</summary>
public sealed class PolicyCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var files = PolicyCatalog.Files(Completion.Model(fakeBoundParameters)).Select(file => (file, Path.GetFileNameWithoutExtension(file), file));
        var found = Completion.Of(wordToComplete, files);
        // Null, not empty: that is what lets PowerShell go on to its own completion.
        return found.Any() ? found : null!;
    }
}
