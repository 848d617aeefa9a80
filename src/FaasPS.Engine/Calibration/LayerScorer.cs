using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Calibration;

/// <summary>Scores a model's units on pairs of picture and prompt. Same model, options, pairs and device give the same bits.</summary>
/// <param name="model">The model.</param>
/// <param name="name">Its name, for the scores.</param>
public sealed class LayerScorer(FcDiffusionModel model, string? name = null)
{
    /// <summary>FAAS's critical blocks of the control branch: always run, and left out of the statistics.</summary>
    private static readonly string[] CriticalBlocks = ["input_blocks.1", "input_blocks.2"];

    /// <summary>Keeps a deviation of 0 from dividing by it, as the reference does.</summary>
    private const double Epsilon = 1e-8;

    /// <summary>Scores units.</summary>
    /// <param name="prompts">The model's prompt encoder.</param>
    /// <param name="pairs">Pictures and prompts, at least one; the seed is the noise's and that of mini_pass's permutation.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told after each pass the share that is done, 0 to 1, on the calling thread.</param>
    /// <param name="cancellation">Checked at every pass.</param>
    /// <returns>The control branch's units, then the U-Net's, each network's in the order they run, band after band.</returns>
    /// <exception cref="ModelException">The model has no control branch for a band.</exception>
    /// <exception cref="ArgumentException">There is no pair, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<LayerScore> Score(
        PromptEncoder prompts, IReadOnlyList<TranslationInput> pairs, ScoringOptions options,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate(model.Schedule.Timesteps);
        foreach (var band in options.Bands) model.ForBand(band); // loads its branch now: not as tensors for inference alone
        using var inference = inference_mode();
        var measurements = Measure(pairs.Count, i => ScoringSample.From(model, prompts, pairs[i]), options, progress, cancellation);
        return Scores(measurements, options, pairs.Count);
    }

    /// <summary>Measures samples, one after another.</summary>
    internal Measurements Measure(
        int count, Func<int, ScoringSample> sample, ScoringOptions options,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (count == 0)
            throw new ArgumentException("There is no pair of picture and prompt to score on. Give at least one.", nameof(count));
        var measurements = new Measurements();
        var energy = new EnergyMeter(model, options, measurements);
        var ablation = new AblationMeter(model, options, measurements);
        var (perSample, done) = (options.Kind == ScoreKind.Energy ? energy.Passes : ablation.Passes, 0);
        void Passed()
        {
            progress?.Report(++done / ((double)perSample * count));
            cancellation.ThrowIfCancellationRequested();
        }

        cancellation.ThrowIfCancellationRequested();
        for (var i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            using var passes = new SamplePasses(model, sample(i), options);
            if (options.Kind == ScoreKind.Energy) energy.Measure(passes, Passed);
            else ablation.Measure(passes, Passed);
        }
        return measurements;
    }

    /// <summary>From measurements to scores.</summary>
    internal IReadOnlyList<LayerScore> Scores(Measurements measurements, ScoringOptions options, int samples)
    {
        var side = model.Config.ImageSize;
        var macs = new MacCount(model, side, side, batch: 1);
        var scores = new List<LayerScore>();
        foreach (var band in options.Bands)
        {
            foreach (var units in new[] { model.Control.Units, model.UNet.Units })
            {
                var network = units[0].Unit.Network;
                var scored = units.Select(unit => unit.Unit).Where(options.Includes).ToArray();
                var ofBlocks = network == Network.Control && options.Kind == ScoreKind.Energy;
                string MeasuredAs(string layer) => ofBlocks ? layer[..layer.LastIndexOf('.')] : layer;
                // Blocks without units, the downsamplings, are scored by nobody and still count in the reference's statistics.
                var measured = measurements.Layers(network, band);
                if (options.Layers is not null) measured = measured.Intersect(scored.Select(unit => MeasuredAs(unit.Layer)), StringComparer.Ordinal);
                var statistics = measured.ToDictionary(
                    layer => layer, layer => Statistics.MeanAndStdDev(measurements.Of(network, layer, band)), StringComparer.Ordinal);
                bool IsCritical(string layer) => ofBlocks && CriticalBlocks.Contains(layer, StringComparer.Ordinal);
                var judged = statistics.Where(pair => !IsCritical(pair.Key)).Select(pair => pair.Value.Mean).ToArray();
                var (mean, stdDev) = judged.Length == 0 ? (0, 0) : Statistics.MeanAndStdDev(judged);
                scores.AddRange(
                    from unit in scored
                    let layer = MeasuredAs(unit.Layer)
                    where statistics.ContainsKey(layer)
                    let score = statistics[layer]
                    select new LayerScore(
                        name, network, unit.Layer, band, options.Kind, score.Mean, score.StdDev,
                        IsCritical(layer) ? null : (score.Mean - mean) / (stdDev + Epsilon),
                        samples, macs.Residual(unit), (double)macs.Residual(unit) / macs.Full));
            }
        }
        return scores;
    }
}
