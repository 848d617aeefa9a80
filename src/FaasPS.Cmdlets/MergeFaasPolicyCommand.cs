using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Merge-FaasPolicy: makes one policy of several, of which the later win.</summary>
[Cmdlet(VerbsData.Merge, "FaasPolicy")]
[OutputType(typeof(FaasPolicy))]
public sealed class MergeFaasPolicyCommand : FaasCmdlet
{
    private readonly List<SkipPolicy> policies = [];

    /// <summary>The policies, or their files, in ascending order of precedence.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [PolicyTransformation]
    [ArgumentCompleter(typeof(PolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public FaasPolicy[] Policy { get; set; } = [];

    /// <summary>What a later policy replaces: verdicts layer by layer, or each network's verdicts as a whole.</summary>
    [Parameter]
    public PolicyMergeUnit By { get; set; }

    /// <summary>The merged policy's name; by default the policies' names, joined.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The merged policy's band, where the policies are for different ones.</summary>
    [Parameter]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    public FaasBand? Band { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => policies.AddRange(Policy.Select(policy => policy.Engine));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (policies.Count == 0) return; // the pipeline brought none
        Attempt(policies, () => WriteObject(new FaasPolicy(PolicyMerge.Merge(policies, By, Name, Band))));
    }
}
