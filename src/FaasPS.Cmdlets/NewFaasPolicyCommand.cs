using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>New-FaasPolicy: makes skipping policies from layer scores, one a band.</summary>
[Cmdlet(VerbsCommon.New, "FaasPolicy")]
[OutputType(typeof(FaasPolicy))]
public sealed class NewFaasPolicyCommand : FaasCmdlet
{
    private readonly List<LayerScore> piped = [];

    /// <summary>Scores of Measure-FaasLayerScore; by default those that come with the model, and else they are measured.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public FaasLayerScore[] Score { get; set; } = [];

    /// <summary>The band; by default all that the scores are for.</summary>
    [Parameter(Position = 0)]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    public FaasBand? Band { get; set; }

    /// <summary>How much to skip: by Energy the percentile of the U-Net's scores, by Ablation the percent of a step's work.</summary>
    [Parameter(Position = 1)]
    [ValidateRange(0.0, 100.0)]
    public double Percentile { get; set; } = 30;

    /// <summary>By Energy: control blocks whose normalised score is below are skipped.</summary>
    [Parameter]
    public double SkipThreshold { get; set; } = -0.5;

    /// <summary>By Energy: control blocks whose normalised score is above always run; minus -SkipThreshold by default.</summary>
    [Parameter]
    public double? RunThreshold { get; set; }

    /// <summary>The scores to go by; Ablation by default, where there are both or they have yet to be measured.</summary>
    [Parameter]
    public ScoreKind? Kind { get; set; }

    /// <summary>The policy's name; its band's by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Pictures to measure on, prompts beside them, instead of taking the scores that come with the model.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>The model, or its name; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelCompleter))]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var score in Score) Attempt(score, () => piped.Add(score.ToEngine()));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Attempt(Model, () =>
    {
        var rules = new PolicyRules { Percentile = Percentile, SkipThreshold = SkipThreshold, RunThreshold = RunThreshold };
        var scores = Scores();
        if (scores.Length == 0) throw new PolicyException(NoScores());
        foreach (var ofBand in scores.GroupBy(score => score.Band))
        {
            var policy = PolicyBuilder.Build(Name ?? ofBand.Key.Name(), OfOneKind([.. ofBand]), rules);
            if (Model is not null) Check(policy, Model);
            WriteObject(new FaasPolicy(policy));
        }
    });

    private bool Wanted(LayerScore score) => (Band is null || score.Band == Band) && (Kind is null || score.Kind == Kind);

    private LayerScore[] Scores()
    {
        if (piped.Count > 0) return [.. piped.Where(Wanted)];
        var model = Model ?? (ModelCatalog.All is [.., var last] ? last : null);
        if (Path is null && PolicyCatalog.Scores(model).Where(Wanted).ToArray() is { Length: > 0 } shipped)
        {
            WriteVerbose($"Taking the scores that come with '{shipped[0].Model}': {shipped[0].Samples} pictures.");
            return shipped;
        }
        return Calibrate(model ?? DefaultModel());
    }

    /// <summary>Where there are both kinds, ablation: it does less harm for the same work saved (policies/README.md).</summary>
    private static LayerScore[] OfOneKind(LayerScore[] scores) => scores.Any(score => score.Kind == ScoreKind.Ablation)
        ? [.. scores.Where(score => score.Kind == ScoreKind.Ablation)]
        : scores;

    private LayerScore[] Calibrate(FaasModel model)
    {
        WriteVerbose(Path is null
            ? $"'{model}' comes with no such scores: measuring them on the pictures that ship with the module."
            : $"Measuring the layers of '{model}' on the pictures of -Path.");
        var pairs = ReadPairs(Path is null ? ModelLoader.SamplePictures() : ResolveFiles(Path, literal: false));
        if (pairs.Count == 0) ThrowTerminatingError(ErrorRecords.PairMissing());
        var options = new ScoringOptions { Bands = [Band ?? ControlBands.Parse(model.Band)] };
        return [.. LayerScoring.Measure(this, model, pairs, options, [Kind ?? ScoreKind.Ablation], Stopped)];
    }

    private string NoScores() =>
        $"None of the {piped.Count} scores is for {Band?.Name() ?? "any band"}{(Kind is null ? "" : $" and of kind {Kind}")}. They are for "
        + $"{string.Join(", ", piped.Select(score => $"{score.Band.Name()} ({score.Kind})").Distinct(StringComparer.Ordinal))}.";

    private static void Check(SkipPolicy policy, FaasModel model)
    {
        using var lease = model.Use();
        if (PolicyCheck.Fit(policy, lease.Engine) is { IsValid: false } fit)
        {
            throw new PolicyException(
                $"The scores are not of the model '{model}', which has no units {string.Join(", ", fit.Unknown.Concat(fit.NotSkippable))}. "
                + "Measure its own with Measure-FaasLayerScore.");
        }
    }
}
