using FaasPS.Engine.Fidelity;

namespace FaasPS.Engine.Skipping;

/// <summary>Measures what a policy costs and saves, for <see cref="SkipPolicy.Fidelity"/>.</summary>
public static class FidelityCalibration
{
    /// <summary>The limit in dB; equal pictures, whose PSNR is infinite, have it.</summary>
    public const double HighestPsnr = 100;

    /// <summary>Runs each picture in Full mode, in Static mode and in Adaptive mode at some tolerances.</summary>
    /// <param name="pipeline">The model's.</param>
    /// <param name="inputs">Pictures like those that the policy is for, at least one.</param>
    /// <param name="options">How; its policy is the one that is measured. The points hold for its steps, band and guidance.</param>
    /// <param name="tolerances">Those to measure, above 0.</param>
    /// <param name="progress">Told the share done, 0 to 1, on the calling thread.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <returns>A point for Static mode, at tolerance 0, and one for each tolerance.</returns>
    public static IReadOnlyList<FidelityPoint> Measure(
        TranslationPipeline pipeline, IReadOnlyList<TranslationInput> inputs, TranslationOptions options, IReadOnlyList<double> tolerances,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        TranslationOptions[] variants =
        [
            options with { Mode = TranslationMode.Static, MinFidelity = null },
            .. tolerances.Select(tolerance => options with { Mode = TranslationMode.Adaptive, Tolerance = tolerance, MinFidelity = null }),
        ];
        var sums = new (double Saved, double Psnr)[variants.Length];
        var (done, all) = (0, inputs.Count * (variants.Length + 1));
        foreach (var input in inputs)
        {
            TranslationResult Run(TranslationOptions how)
            {
                var result = pipeline.Run([input], how, cancellation: cancellation)[0];
                progress?.Report(++done / (double)all);
                return result;
            }
            var full = Run(options.InFull());
            for (var i = 0; i < variants.Length; i++)
            {
                var result = Run(variants[i]);
                sums[i].Saved += 1 - ((double)result.Macs / result.FullMacs);
                sums[i].Psnr += Math.Min(HighestPsnr, FidelityMeasure.Compare(result.Image, full.Image).Psnr);
            }
        }
        return [.. sums.Zip(tolerances.Prepend(0), (sum, tolerance) =>
            new FidelityPoint(tolerance, sum.Saved / inputs.Count, sum.Psnr / inputs.Count))];
    }
}
