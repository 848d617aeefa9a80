using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace FaasPS.Cmdlets;

/// <summary>Completes devices. Only libtorch knows which it supports, and loading it takes seconds: Get-FaasDevice asks it.</summary>
public sealed class DeviceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(wordToComplete, Known().Select(device => (device.Name, device.Name, device.About)));

    private static IEnumerable<(string Name, string About)> Known()
    {
        yield return ("auto", "the first CUDA device if there is one, else the CPU");
        yield return ("cpu", "the processor");
        yield return ("cuda", "the first CUDA device");
        // NVIDIA's driver on Linux shows its devices as files.
        for (var i = 0; File.Exists($"/dev/nvidia{i}"); i++) yield return ($"cuda:{i}", $"CUDA device {i}");
    }
}
