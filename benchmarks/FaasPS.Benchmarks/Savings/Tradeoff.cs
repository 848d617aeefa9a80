using System.Globalization;
using FaasPS.Benchmarks.Quality;
using FaasPS.EmojiData;
using FaasPS.Engine;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;

namespace FaasPS.Benchmarks.Savings;

/// <summary>One way of leaving things out, on one band: means over pictures, against Full in the same run.</summary>
internal sealed record TradeoffRow(string Band, string Way, double MacsSaved, double Time, double Psnr, double Ssim);

/// <summary>
/// Fidelity over savings on held-out pictures: static policies built from the shipped scores, adaptive at several tolerances, DeepCache at
/// several intervals and branches, and both. A markdown table, and a plot of PSNR over time saved beside it.
/// </summary>
internal sealed class Tradeoff(FcDiffusionModel model, ClipTokenizer tokenizer, IReadOnlyList<LayerScore> scores, HeldOut heldOut)
{
    public static void Run(string folder, string scoreFile, string emojiFolder, string output, int pictures, int steps)
    {
        var files = ModelFiles.Find(folder);
        using var model = FcDiffusionModel.Load(files, ComputeType.Float32, "cpu");
        var tokenizer = ClipTokenizer.Load(VocabularyLocator.Locate(null, files.Folder));
        var tradeoff = new Tradeoff(model, tokenizer, ScoreFile.Read(scoreFile), new HeldOut(EmojiSet.Load(emojiFolder).HeldOut));
        var rows = ControlBands.All.SelectMany(band => tradeoff.Measure(band, pictures, steps)).ToArray();
        var head = $"{pictures} held-out pictures, {steps} steps, each band's guidance and eta, "
            + $"cpu, float32, {NativeRuntime.Threads} threads";
        File.WriteAllText(output, Table(head, rows));
        File.WriteAllText(Path.ChangeExtension(output, ".svg"), TradeoffPlot.Draw(head, rows));
    }

    private IEnumerable<TradeoffRow> Measure(ControlBand band, int pictures, int steps)
    {
        var pipeline = new TranslationPipeline(model, tokenizer);
        var options = TranslationOptions.For(model.Config, band) with { Steps = steps };
        var inputs = heldOut.Recolourings.Where((_, i) => i % (heldOut.Recolourings.Count / pictures) == 0).Take(pictures)
            .Select((request, i) => new TranslationInput(request.Source.Picture, request.Target.Caption, 100 + i)).ToArray();
        pipeline.Run([inputs[0]], options with { Steps = 2 }); // caches and allocators reach their size
        var ways = Ways(band, options).ToArray();
        var sums = new double[ways.Length, 4];
        foreach (var input in inputs)
        {
            var full = pipeline.Run([input], options)[0];
            for (var i = 0; i < ways.Length; i++)
            {
                var result = pipeline.Run([input], ways[i].Options)[0];
                var report = FidelityMeasure.Compare(result.Image, full.Image);
                double[] values =
                [
                    1 - ((double)result.Macs / result.FullMacs), result.Duration / full.Duration,
                    Math.Min(report.Psnr, FidelityCalibration.HighestPsnr), report.Ssim,
                ];
                for (var k = 0; k < values.Length; k++) sums[i, k] += values[k] / inputs.Length;
            }
        }
        for (var i = 0; i < ways.Length; i++)
        {
            var row = new TradeoffRow(band.Name(), ways[i].Way, sums[i, 0], sums[i, 1], sums[i, 2], sums[i, 3]);
            Console.WriteLine(Line(row));
            yield return row;
        }
    }

    private IEnumerable<(string Way, TranslationOptions Options)> Ways(ControlBand band, TranslationOptions options)
    {
        var ofBand = scores.Where(score => score.Band == band && score.Kind == ScoreKind.Ablation).ToArray();
        SkipPolicy Policy(double percentile) => PolicyBuilder.Build("measured", ofBand, new PolicyRules { Percentile = percentile });
        foreach (var percentile in new[] { 10, 20, 30, 40 })
            yield return ($"static, percentile {percentile}", options with { Mode = TranslationMode.Static, Policy = Policy(percentile) });
        TranslationOptions Adaptive(double tolerance) => options with { Mode = TranslationMode.Adaptive, Tolerance = tolerance };
        foreach (var tolerance in new[] { 0.01, 0.02, 0.05, 0.1 }) yield return ($"adaptive, tolerance {tolerance}", Adaptive(tolerance));
        foreach (var interval in new[] { 2, 3, 5 })
        {
            for (var branch = 0; branch < 4; branch++)
            {
                yield return ($"deepcache {interval}, branch {branch}",
                    options with { DeepCache = new DeepCacheOptions { Interval = interval, Branch = branch } });
            }
            yield return ($"deepcache {interval}, branch 0, adaptive 0.02",
                Adaptive(0.02) with { DeepCache = new DeepCacheOptions { Interval = interval } });
        }
    }

    private static string Table(string head, IEnumerable<TradeoffRow> rows) =>
        $"# Savings and fidelity\n\n{head}; time and fidelity against Full in the same run.\n\n"
        + "| band | way | MACs saved | time | PSNR, dB | SSIM |\n|---|---|---:|---:|---:|---:|\n"
        + string.Concat(rows.Select(row => $"{Line(row)}\n"));

    private static string Line(TradeoffRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {row.Band} | {row.Way} | {100 * row.MacsSaved:f1} % | {row.Time:f2} | {row.Psnr:f1} | {row.Ssim:f3} |");
}
