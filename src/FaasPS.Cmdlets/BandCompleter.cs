using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using FaasPS.Engine;

namespace FaasPS.Cmdlets;

/// <summary>Completes bands as files and results name them: mini_pass, low_pass, mid_pass, high_pass.</summary>
public sealed class BandCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, ControlBands.All.Select(band => (band.Name(), band.Name(), About(band))));

    private static string About(ControlBand band) => band switch
    {
        ControlBand.MiniPass => "keeps the style",
        ControlBand.LowPass => "keeps style, layout and rough meaning",
        ControlBand.MidPass => "keeps the layout",
        _ => "keeps the contours",
    };
}
