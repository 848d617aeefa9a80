using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FaasPS.Cmdlets;

/// <summary>Completes the names of imported models; none is loaded for it.</summary>
public sealed class ModelCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, ModelCatalog.All.Select(model =>
        {
            // -Name takes wildcards, and a model's name may look like one.
            var text = parameterName == "Name" ? WildcardPattern.Escape(model.Name) : model.Name;
            return (text, model.Name, $"{model.Path}, {model.Band}, {model.Device}");
        }));
}
