using System.Management.Automation;

namespace FaasPS.Host.Commands;

/// <summary>Constants at the head of a pipeline.</summary>
[Cmdlet("Write", "Output")]
[OutputType(typeof(object))]
public sealed class WriteOutputCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public PSObject? InputObject { get; set; }

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord() => WriteObject(InputObject, !NoEnumerate);
}
