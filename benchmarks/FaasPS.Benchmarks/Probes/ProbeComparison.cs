using FaasPS.Engine;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;

namespace FaasPS.Benchmarks.Probes;

/// <summary>
/// What each way of leaving things out saves and costs on a model: the share of multiply-accumulates saved, the time against Full's, PSNR
/// and SSIM against Full, means over pictures, whose prompts lie in .txt files beside them. Rows that save a similar share compare.
/// </summary>
internal sealed class ProbeComparison
{
    private readonly FcDiffusionModel model;
    private readonly TranslationPipeline pipeline;
    private readonly TranslationOptions options;
    private readonly TranslationInput[] inputs;
    private readonly TranslationResult[] full;

    public ProbeComparison(string folder, ControlBand band, int steps, IReadOnlyList<string> pictures)
    {
        NativeRuntime.Load();
        model = FcDiffusionModel.Load(ModelFiles.Find(folder), ComputeType.Float32, "cpu");
        pipeline = new TranslationPipeline(model, ClipTokenizer.Load(VocabularyLocator.Locate(null, folder)));
        options = TranslationOptions.For(model.Config, band) with { Steps = steps };
        inputs = [.. pictures.Select((picture, i) => new TranslationInput(
            ImageReader.Read(picture), File.ReadAllText(Path.ChangeExtension(picture, ".txt")).Trim(), 100 + i))];
        pipeline.Run([inputs[0]], options with { Steps = 2 }); // caches and allocators reach their size
        full = [.. inputs.Select(input => pipeline.Run([input], options)[0])];
    }

    public void Run()
    {
        Console.WriteLine($"{inputs.Length} pictures, {options.Steps} steps, {options.Band.Name()}, cpu, float32, {NativeRuntime.Threads} threads");
        Console.WriteLine($"{"",-36} {"MACs saved",10} {"time",6} {"PSNR",6} {"SSIM",6}");
        var cheapest = Cheapest();
        foreach (var count in new[] { 1, 2, 4, 6, 8, 12, 16, 20 }) Row($"static, the {count} cheapest dropped", Dropping(cheapest[..count]));
        foreach (var n in new[] { 2, 3, 4, 6 }) Row($"all reused, interval {n}", options, _ => new EveryNth(n));
        foreach (var treatment in new[] { Treatment.Skip, Treatment.Reuse })
        {
            foreach (var threshold in new[] { 0.02, 0.05, 0.1, 0.2, 0.4, 1.0 })
                Row($"norm below {threshold}: {treatment}", options, timesteps => new BucketNorm(timesteps, threshold, treatment));
        }
        foreach (var tolerance in new[] { 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1 })
            Row($"adaptive, tolerance {tolerance}", Adaptive(tolerance));
        foreach (var (interval, branch) in new[] { (2, 0), (3, 0), (5, 0), (2, 1), (3, 1), (3, 2), (3, 3) })
        {
            var cache = new DeepCacheOptions { Interval = interval, Branch = branch };
            Row($"deepcache {interval}, branch {branch}", options with { DeepCache = cache });
            if (branch == 0) Row($"deepcache {interval}, adaptive 0.01", Adaptive(0.01) with { DeepCache = cache });
        }
        foreach (var floor in new[] { 25, 30, 35, 40 }) Row($"adaptive 0.1, floor {floor} dB", Adaptive(0.1) with { MinFidelity = floor });
    }

    private TranslationOptions Adaptive(double tolerance) => options with { Mode = TranslationMode.Adaptive, Tolerance = tolerance };

    /// <summary>The units by the error that each makes when it alone is dropped, per multiply-accumulate: a static policy's best order.</summary>
    private Unit[] Cheapest()
    {
        var macs = new MacCount(model, model.Config.ImageSize, model.Config.ImageSize, batch: 1);
        return [.. model.Units.OrderBy(unit => Math.Pow(10, -Measure(Dropping([unit]), fill: null, pictures: 1).Psnr / 10) / macs.Residual(unit))];
    }

    private TranslationOptions Dropping(IReadOnlyCollection<Unit> units)
    {
        KeyValuePair<string, Verdict>[] Section(Network network) =>
            [.. units.Where(unit => unit.Network == network).Select(unit => KeyValuePair.Create(unit.Layer, Verdict.AlwaysSkip))];
        return options with
        {
            Mode = TranslationMode.Static,
            Policy = new SkipPolicy("measured", Band: null, Model: null, Section(Network.Control), Section(Network.Diffusion)),
        };
    }

    private void Row(string name, TranslationOptions how, Func<IReadOnlyList<int>, ITreatments>? fill = null)
    {
        var (saved, time, psnr, ssim) = Measure(how, fill, inputs.Length);
        Console.WriteLine($"{name,-36} {saved,10:p1} {time,6:f2} {psnr,6:f1} {ssim,6:f3}");
    }

    private (double Saved, double Time, double Psnr, double Ssim) Measure(
        TranslationOptions how, Func<IReadOnlyList<int>, ITreatments>? fill, int pictures)
    {
        var results = inputs[..pictures]
            .Select(input => (fill is null ? pipeline.Run([input], how) : pipeline.Run([input], how, fill))[0]).ToArray();
        var reports = results.Zip(full, (result, reference) => FidelityMeasure.Compare(result.Image, reference.Image)).ToArray();
        return (
            results.Average(result => 1 - ((double)result.Macs / result.FullMacs)),
            results.Sum(result => result.Duration.TotalSeconds) / full[..pictures].Sum(result => result.Duration.TotalSeconds),
            reports.Average(report => Math.Min(report.Psnr, FidelityCalibration.HighestPsnr)),
            reports.Average(report => report.Ssim));
    }
}
