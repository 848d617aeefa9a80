using FaasPS.Engine.Fidelity;

namespace FaasPS.Engine.Routing;

/// <summary>
/// Labels from measurement, where the reference leaves them to hand: a prompt is as complex as skipping harms its results. Each picture is
/// made in full and with skipping, from the same noise; the damage is 1 - SSIM between the two, averaged over a prompt's pictures.
/// </summary>
public static class DamageLabels
{
    /// <summary>Measures prompts. Deterministic for the inputs' seeds.</summary>
    /// <param name="pipeline">Of the model that the router is for.</param>
    /// <param name="inputs">Pictures with prompts; a prompt may come with several.</param>
    /// <param name="options">The run that skips: mode, policy, DeepCache; its steps, guidance and size hold for the full run too.</param>
    /// <param name="batchSize">Pictures computed together.</param>
    /// <param name="progress">Told the share done, 0 to 1, on the calling thread.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <returns>The prompts in the order they first came, each with the rank of its damage, 0 for the least to 1 for the most.</returns>
    public static IReadOnlyList<LabelledPrompt> Measure(
        TranslationPipeline pipeline, IReadOnlyList<TranslationInput> inputs, TranslationOptions options, int batchSize = 1,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var full = options.InFull();
        var damages = new List<(string Prompt, double Damage)>();
        foreach (var batch in inputs.Chunk(batchSize))
        {
            var references = pipeline.Run(batch, full, cancellation: cancellation);
            var skipped = pipeline.Run(batch, options, cancellation: cancellation);
            damages.AddRange(batch.Select((input, i) =>
                (input.Prompt, 1 - FidelityMeasure.Compare(skipped[i].Image, references[i].Image).Ssim)));
            progress?.Report((double)damages.Count / inputs.Count);
        }
        var prompts = damages.GroupBy(item => item.Prompt, item => item.Damage, StringComparer.Ordinal).ToArray();
        var ranks = Ranks([.. prompts.Select(prompt => prompt.Average())]);
        return [.. prompts.Select((prompt, i) => new LabelledPrompt(prompt.Key, ranks[i]))];
    }

    /// <summary>The share of the others that lies below, ties counting half: 0 to 1 whatever the values' scale; alone, 0.5.</summary>
    internal static double[] Ranks(IReadOnlyList<double> values)
    {
        if (values.Count == 1) return [0.5];
        var others = values.Count - 1.0;
        return [.. values.Select(value => (values.Count(v => v < value) + ((values.Count(v => v == value) - 1) / 2.0)) / others)];
    }
}
