using System.Management.Automation;

namespace FaasPS.Cmdlets.Tests;

/// <summary>Puts out what the test put into the session's variable 'given'.</summary>
[Cmdlet("Get", "Given")]
public sealed class GetGivenCommand : PSCmdlet
{
    protected override void ProcessRecord() => WriteObject(SessionState.PSVariable.GetValue("given"), enumerateCollection: true);
}
