using System.Management.Automation;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Compare-FaasPolicy: tells the layers on which policies differ.</summary>
[Cmdlet(VerbsData.Compare, "FaasPolicy")]
[OutputType(typeof(FaasPolicyDifference))]
public sealed class CompareFaasPolicyCommand : FaasCmdlet
{
    /// <summary>The policy, or its file, that others are compared with.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [PolicyTransformation]
    [ArgumentCompleter(typeof(PolicyCompleter))]
    [ValidateNotNull]
    public FaasPolicy Reference { get; set; } = null!;

    /// <summary>The policies, or their files, to compare.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [PolicyTransformation]
    [ArgumentCompleter(typeof(PolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public FaasPolicy[] Policy { get; set; } = [];

    /// <summary>Tells the layers on which they agree as well.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var policy in Policy)
        {
            foreach (var network in Enum.GetValues<Network>())
            {
                var (ours, theirs) = (Section(Reference, network), Section(policy, network));
                foreach (var layer in ours.Concat(theirs).Select(pair => pair.Key).Distinct(StringComparer.Ordinal))
                {
                    var (mine, other) = (Verdict(ours, layer), Verdict(theirs, layer));
                    if (mine != other || IncludeEqual) WriteObject(new FaasPolicyDifference(policy.Name, network, layer, mine, other));
                }
            }
        }
    }

    private static IReadOnlyList<KeyValuePair<string, Verdict>> Section(FaasPolicy policy, Network network) =>
        network == Network.Control ? policy.Engine.ControlModel : policy.Engine.DiffusionModel;

    private static Verdict? Verdict(IEnumerable<KeyValuePair<string, Verdict>> section, string layer)
    {
        foreach (var (name, verdict) in section)
        {
            if (name == layer) return verdict;
        }
        return null;
    }
}
