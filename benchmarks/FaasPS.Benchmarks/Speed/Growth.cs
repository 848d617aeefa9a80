using System.Diagnostics;
using System.Globalization;
using FaasPS.Engine;
using FaasPS.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Speed;

/// <summary>One translation: what varied, its value, the work in multiples of the least one, and what it took.</summary>
internal sealed record GrowthRow(string Over, int Value, double Work, double Seconds, double Gigabytes);

/// <summary>
/// How time and memory grow over image size, batch and steps: whole translations, in each series all else at its least. A markdown table,
/// and a plot beside it.
/// </summary>
internal sealed class Growth(FcDiffusionModel model)
{
    private readonly Translation translation = new(model);

    /// <param name="folder">The model's.</param>
    /// <param name="type">What to compute in.</param>
    /// <param name="output">The table's file; the plot gets its name with .svg.</param>
    /// <param name="sizes">Image sides in pixels, the least first.</param>
    /// <param name="batches">Pictures at once, the least first.</param>
    /// <param name="steps">Step counts, the least first.</param>
    public static void Run(string folder, ComputeType type, string output, int[] sizes, int[] batches, int[] steps)
    {
        NativeRuntime.Load();
        using var inference = inference_mode();
        using var model = FcDiffusionModel.Load(ModelFiles.Find(folder), type, "cpu");
        var growth = new Growth(model);
        growth.Measure(sizes[0], batches[0], steps[0]); // warms up
        var rows = new List<GrowthRow>();
        void Add(string over, int value, double work, (double Seconds, double Gigabytes) took)
        {
            rows.Add(new(over, value, work, took.Seconds, took.Gigabytes));
            Console.WriteLine(Line(rows[^1]));
        }
        foreach (var size in sizes) Add("image side", size, Math.Pow((double)size / sizes[0], 2), growth.Measure(size, batches[0], steps[0]));
        foreach (var batch in batches) Add("batch", batch, (double)batch / batches[0], growth.Measure(sizes[0], batch, steps[0]));
        foreach (var count in steps) Add("steps", count, (double)count / steps[0], growth.Measure(sizes[0], batches[0], count));
        var head = $"{type}, {NativeRuntime.Threads} threads; where not varied: side {sizes[0]}, batch {batches[0]}, {steps[0]} steps";
        File.WriteAllText(output, $"# Growth\n\n{head}. Work: pixels, pictures or steps in multiples of the series' first.\n\n"
            + "| over | value | work | s | GB |\n|---|---:|---:|---:|---:|\n" + string.Concat(rows.Select(row => $"{Line(row)}\n")));
        File.WriteAllText(Path.ChangeExtension(output, ".svg"), GrowthPlot.Draw(head, rows));
    }

    private (double Seconds, double Gigabytes) Measure(int side, int batch, int steps)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7, CPU);
        Tensor Normal(params long[] shape) => randn(shape, float32, generator: generator);
        var tokens = randint(model.Text.Layers.VocabularySize, [2, 77], int64, generator: generator);
        var latents = side / model.Autoencoder.Layers.Downsampling;
        var memory = new ProcessMemory();
        var clock = Stopwatch.StartNew();
        translation.Run(tokens, Normal(batch, 3, side, side).clamp_(-1, 1), Normal(batch, 4, latents, latents), steps);
        return (clock.Elapsed.TotalSeconds, memory.Peak / 1e9);
    }

    private static string Line(GrowthRow row) => string.Create(
        CultureInfo.InvariantCulture, $"| {row.Over} | {row.Value} | {row.Work:f2} | {row.Seconds:f2} | {row.Gigabytes:f2} |");
}
