using System.Management.Automation;

namespace FaasPS.Cmdlets.Tests;

/// <summary>Puts out the objects that a test gave it.</summary>
[Cmdlet("Get", "Rows")]
public sealed class GetRowsCommand : PSCmdlet
{
    public static IReadOnlyList<PSObject> Rows { get; set; } = [];

    protected override void ProcessRecord() => WriteObject(Rows, enumerateCollection: true);
}
