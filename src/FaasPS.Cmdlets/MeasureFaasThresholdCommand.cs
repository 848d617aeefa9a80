using System.Management.Automation;
using FaasPS.Engine.Routing;

namespace FaasPS.Cmdlets;

/// <summary>Measure-FaasThreshold: how prompts' scores are spread, and the threshold that makes half of them simple.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "FaasThreshold")]
[OutputType(typeof(ThresholdAnalysis))]
public sealed class MeasureFaasThresholdCommand : FaasCmdlet
{
    private readonly List<double> scores = [];

    /// <summary>Scores, 0 to 1: numbers, or objects with a Score, such as those of Measure-FaasPromptComplexity.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0.0, 1.0)]
    public double[] Score { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => scores.AddRange(Score);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (scores.Count == 0) WriteError(ErrorRecords.ScoreMissing());
        else Attempt(scores, () => WriteObject(new ThresholdAnalysis(scores)));
    }
}
