using System.Management.Automation;
using FaasPS.Engine.Models;

namespace FaasPS.Cmdlets;

/// <summary>Get-FaasDevice: lists the devices that models can run on.</summary>
[Cmdlet(VerbsCommon.Get, "FaasDevice")]
[OutputType(typeof(ComputeDevice))]
public sealed class GetFaasDeviceCommand : FaasCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(null, () => WriteObject(Devices.List(), enumerateCollection: true));
}
