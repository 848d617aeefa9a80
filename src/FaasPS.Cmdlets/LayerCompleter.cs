using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FaasPS.Cmdlets;

/// <summary>Completes the names of layers: an imported model's own; else those that its scores tell. No model is loaded for it.</summary>
public sealed class LayerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var layers = Completion.Model(fakeBoundParameters) is { } model
            ? model.Layers
            : PolicyCatalog.Scores(null).Select(score => score.Layer).Distinct(StringComparer.Ordinal);
        return Completion.Of(wordToComplete, layers.Select(layer => (layer, layer, layer)));
    }
}
