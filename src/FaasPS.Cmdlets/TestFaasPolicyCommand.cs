using System.Management.Automation;
using FaasPS.Engine.Calibration;

namespace FaasPS.Cmdlets;

/// <summary>Test-FaasPolicy: tells whether a policy fits a model and what it can save there.</summary>
[Cmdlet(VerbsDiagnostic.Test, "FaasPolicy")]
[OutputType(typeof(FaasPolicyReport))]
public sealed class TestFaasPolicyCommand : FaasCmdlet
{
    /// <summary>The policies, or their files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [PolicyTransformation]
    [ArgumentCompleter(typeof(PolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public FaasPolicy[] Policy { get; set; } = [];

    /// <summary>The model, or its name; the last imported by default, else the one that ships with the module.</summary>
    [Parameter(Position = 1)]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelCompleter))]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var policy in Policy)
        {
            Attempt(policy, () =>
            {
                var model = Model ??= DefaultModel();
                using var lease = model.Use();
                var fit = PolicyCheck.Fit(policy.Engine, lease.Engine);
                WriteObject(new FaasPolicyReport
                {
                    Policy = policy.Name,
                    Model = model.Name,
                    IsValid = fit.IsValid,
                    Unknown = fit.Unknown,
                    NotSkippable = fit.NotSkippable,
                    Repeated = fit.Repeated,
                    Unnamed = fit.Unnamed,
                    MacsSkippable = fit.MacsSkippable,
                    MacsAtBest = fit.MacsAtBest,
                });
            });
        }
    }
}
