using System.Management.Automation;
using FaasPS.Host.Formatting;

namespace FaasPS.Host.Commands;

[Cmdlet("Format", "List")]
[Alias("fl")]
[OutputType(typeof(string))]
public sealed class FormatListCommand : FormatCommand
{
    private bool any;

    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        any = true;
        WriteObject("");
        WriteLines(ListLayout.Lines(ListLayout.Properties(InputObject, Views.ListOf(InputObject), Property), Width));
    }

    protected override void EndProcessing()
    {
        if (any)
            WriteObject("");
    }
}
