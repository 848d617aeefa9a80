using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Calibration;

namespace FaasPS.Cmdlets;

/// <summary>Scores a model's layers for a cmdlet, with progress.</summary>
internal static class LayerScoring
{
    /// <summary>Measures each kind of score on the same pairs.</summary>
    public static IEnumerable<LayerScore> Measure(
        Cmdlet cmdlet, FaasModel model, IReadOnlyList<TranslationInput> pairs, ScoringOptions options, IEnumerable<ScoreKind> kinds,
        CancellationToken stopped)
    {
        using var lease = model.Use();
        var scorer = new LayerScorer(lease.Engine, model.Name);
        foreach (var kind in kinds)
        {
            var bands = string.Join(", ", options.Bands.Select(band => band.Name()));
            using var progress = new ShareProgressWriter(
                cmdlet, $"Scoring the layers of '{model}'", $"{kind}, {bands}, {pairs.Count} pictures");
            foreach (var score in scorer.Score(lease.Pipeline.Prompts, pairs, options with { Kind = kind }, progress, stopped))
                yield return score;
        }
    }
}
