using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Measure-FaasPolicy: measures what policies save and what that costs in fidelity, and passes them on with it.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "FaasPolicy")]
[OutputType(typeof(FaasPolicy))]
public sealed class MeasureFaasPolicyCommand : FaasCmdlet
{
    private IReadOnlyList<TranslationInput>? pairs;

    /// <summary>The policies, or their files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [PolicyTransformation]
    [ArgumentCompleter(typeof(PolicyCompleter))]
    [ValidateNotNullOrEmpty]
    public FaasPolicy[] Policy { get; set; } = [];

    /// <summary>Pictures to measure on, prompts beside them; by default those that ship with the module.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Tolerances of -Mode Adaptive to measure; -Mode Static is always measured.</summary>
    [Parameter]
    [ValidateNotNull]
    [ValidateRange(0.0001, 1.0)]
    public double[] Tolerance { get; set; } = [0.01, 0.02, 0.05, 0.1];

    /// <summary>The number of sampling steps; what is measured holds for it.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Steps { get; set; } = 50;

    /// <summary>How far the prompt pulls, likewise; the model's own by default.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double? GuidanceScale { get; set; }

    /// <summary>The first picture's seed; each further one's is one higher.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long Seed { get; set; }

    /// <summary>The model, or its name; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
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
                pairs ??= ReadPairs(Path is null ? ModelLoader.SamplePictures() : ResolveFiles(Path, literal: false), Seed);
                if (pairs.Count == 0) ThrowTerminatingError(ErrorRecords.PairMissing());
                var band = policy.Engine.Band ?? ControlBands.Parse(model.Band);
                using var lease = model.Use();
                var own = TranslationOptions.For(lease.Engine.Config, band);
                var options = own with
                {
                    Policy = policy.Engine.For(band, model.Name),
                    Steps = Steps,
                    GuidanceScale = GuidanceScale ?? own.GuidanceScale,
                };
                using var progress = new ShareProgressWriter(this, $"Measuring the policy '{policy}'", $"{pairs.Count} pictures");
                var points = FidelityCalibration.Measure(lease.Pipeline, pairs, options, Tolerance, progress, Stopped);
                WriteObject(new FaasPolicy(policy.Engine with { Fidelity = points }));
            });
        }
    }
}
