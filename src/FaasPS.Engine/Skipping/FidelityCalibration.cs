using FaasPS.Engine.Imaging;

namespace FaasPS.Engine.Skipping;

/// <summary>Measures what a policy costs and saves, for <see cref="SkipPolicy.Fidelity"/>.</summary>
public static class FidelityCalibration
{
    /// <summary>The PSNR of equal pictures, which is infinite, and the limit of others.</summary>
    public const double HighestPsnr = 100;

    /// <summary>Runs each picture in Full mode, in Static mode and in Adaptive mode at some tolerances.</summary>
    /// <param name="pipeline">The model's.</param>
    /// <param name="inputs">Pictures like those that the policy is for, at least one.</param>
    /// <param name="options">How; its policy is the one that is measured. The points hold for its steps, band and guidance.</param>
    /// <param name="tolerances">Those to measure, above 0.</param>
    /// <param name="progress">Told of runs done and runs in all.</param>
    /// <param name="cancellation">Checked at every step.</param>
    /// <returns>A point for Static mode, at tolerance 0, and one for each tolerance.</returns>
    public static IReadOnlyList<FidelityPoint> Measure(
        TranslationPipeline pipeline, IReadOnlyList<TranslationInput> inputs, TranslationOptions options, IReadOnlyList<double> tolerances,
        IProgress<(int Done, int All)>? progress = null, CancellationToken cancellation = default)
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
                progress?.Report((++done, all));
                return result;
            }
            var full = Run(options with { Mode = TranslationMode.Full, DeepCache = null, MinFidelity = null });
            for (var i = 0; i < variants.Length; i++)
            {
                var result = Run(variants[i]);
                sums[i].Saved += 1 - ((double)result.Macs / result.FullMacs);
                sums[i].Psnr += Psnr(result.Image, full.Image);
            }
        }
        return [.. sums.Select((sum, i) => new FidelityPoint(i == 0 ? 0 : tolerances[i - 1], sum.Saved / inputs.Count, sum.Psnr / inputs.Count))];
    }

    private static double Psnr(RgbImage picture, RgbImage reference)
    {
        var x = picture.Pixels;
        var y = reference.Pixels;
        double squares = 0;
        for (var i = 0; i < x.Length; i++) squares += (x[i] - y[i]) * (x[i] - y[i]);
        return Math.Min(HighestPsnr, 10 * Math.Log10(255.0 * 255.0 * x.Length / squares));
    }
}
