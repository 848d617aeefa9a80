using System.Management.Automation;
using FaasPS.Host.Formatting;

namespace FaasPS.Host.Commands;

/// <summary>Collects what is to be formatted; the lines are written as text, as by Out-String -Stream.</summary>
public abstract class FormatCommand : PSCmdlet
{
    internal const string ViewsVariable = "FaasHostViews";
    internal const string WidthVariable = "FaasHostWidth";
    private const int DefaultWidth = 120;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[]? Property { get; set; }

    private protected ViewSet Views => (ViewSet)GetVariableValue(ViewsVariable)!;

    private protected int Width => GetVariableValue(WidthVariable) is int width ? width : DefaultWidth;

    private protected void WriteLines(IEnumerable<string> lines) => WriteObject(lines, enumerateCollection: true);
}
