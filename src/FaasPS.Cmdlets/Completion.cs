using System.Collections;
using System.Management.Automation;

namespace FaasPS.Cmdlets;

/// <summary>Makes completions of names: those that begin as the word does, in any case, quoted where PowerShell needs it.</summary>
internal static class Completion
{
    /// <summary>What ends a bare word or means something in one.</summary>
    private const string Special = " \t'\"`$#@,;|&(){}<>[]*?";

    /// <summary>The completions of a word.</summary>
    /// <param name="word">As typed so far, perhaps with an opening quote.</param>
    /// <param name="candidates">What is written for each, what it is called in the list, and what is told about it.</param>
    public static IEnumerable<CompletionResult> Of(string? word, IEnumerable<(string Text, string Name, string About)> candidates)
    {
        var typed = (word ?? "").Trim('\'', '"');
        return
        [
            .. from candidate in candidates
               where candidate.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
               select new CompletionResult(
                   Quoted(candidate.Text, word), candidate.Name, CompletionResultType.ParameterValue, candidate.About),
        ];
    }

    /// <summary>The model that the command line names so far, else the last imported; none: the one that ships with the module.</summary>
    public static FaasModel? Model(IDictionary? bound) => (bound?["Model"] is PSObject wrapped ? wrapped.BaseObject : bound?["Model"]) switch
    {
        FaasModel model => model,
        string name when ModelCatalog.TryFind(name, out var named) => named,
        _ => ModelCatalog.All is [.., var last] ? last : null,
    };

    private static string Quoted(string text, string? word) =>
        word is ['\'' or '"', ..] || text.Any(c => Special.Contains(c, StringComparison.Ordinal)) || text.Length == 0
            ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"
            : text;
}
