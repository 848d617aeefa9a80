using System.Management.Automation;

namespace FaasPS.Automation;

/// <summary>Select-Object -First has what it wants: the commands before <see cref="Requesting"/> end without EndProcessing.</summary>
public sealed class StopUpstreamCommandsException(Cmdlet requesting) : Exception("The commands upstream are no longer needed.")
{
    public Cmdlet Requesting { get; } = requesting;
}
