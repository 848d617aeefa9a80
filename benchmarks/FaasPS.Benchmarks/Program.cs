using System.Globalization;
using FaasPS.Benchmarks;
using FaasPS.Benchmarks.Cuda;
using FaasPS.Benchmarks.Probes;
using FaasPS.Benchmarks.Quality;
using FaasPS.Benchmarks.Savings;
using FaasPS.Benchmarks.Speed;
using FaasPS.Engine;
using FaasPS.Engine.Models;

// make <config.yaml> <folder> <fp32|bf16|fp16>    a model with random weights, for speed only
// quality <model> <emoji> <sheet.png> [steps] [heldout|trained|others]   judges the demo model on held-out names, or to choose settings on
//                                                 trained ones or those held out of the others; emoji: build/fetch-emoji.sh's folder
// curves <training folder> <plot.svg>             the losses of a model's training
// measure <folder> <fp32|bf16> <repeats> <translation steps> [parts]   times loading and a model's parts; prints name=value lines
// units <folder> <fp32|bf16> <repeats>            where a step's time goes: a table of units, with their multiply-accumulates
// overhead <folder> <fp32|bf16> <steps> <repeats> [policy.json]   what a step takes beside the networks, probes apart
// growth <folder> <fp32|bf16> <table.md> [sizes] [batches] [steps]   time and memory of translations; each a list such as 1,2,4
// steps <folder> <fp32|bf16> <repeats>            a step's time by what is left out, beside the ratio of multiply-accumulates
// pieces                                          the small pieces, by BenchmarkDotNet
// tradeoff <model> <scores.json> <emoji> <table.md> [pictures] [steps]   fidelity over savings on held-out pictures, each band
// probes <folder> <band> <steps> <pictures>       a table of what each way of skipping saves and costs, probes and static alike
// device <folder> <fp32|bf16|fp16> <device> <repeats>   times steps by batch, decoding and a translation on a device, for benchmarks/cuda
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["make", var config, var folder, var type]:
        RandomModel.Make(config, folder, Parse(type));
        return 0;
    case ["curves", var folder, var plot]:
        LearningCurves.Draw(folder, plot);
        return 0;
    case ["measure", var folder, var type, var repeats, var steps, .. var parts]:
        ModelMeasurement.Run(
            folder, Parse(type), int.Parse(repeats, CultureInfo.InvariantCulture), int.Parse(steps, CultureInfo.InvariantCulture), parts);
        return 0;
    case ["units", var folder, var type, var repeats]:
        UnitTimes.Print(folder, Parse(type), int.Parse(repeats, CultureInfo.InvariantCulture));
        return 0;
    case ["overhead", var folder, var type, var steps, var repeats, .. var rest]:
        Overhead.Print(
            folder, Parse(type), int.Parse(steps, CultureInfo.InvariantCulture), int.Parse(repeats, CultureInfo.InvariantCulture),
            rest.Length > 0 ? rest[0] : null);
        return 0;
    case ["growth", var folder, var type, var table, .. var rest]:
        Growth.Run(
            folder, Parse(type), table,
            rest.Length > 0 ? Numbers(rest[0]) : [256, 512, 768, 1024],
            rest.Length > 1 ? Numbers(rest[1]) : [1, 2, 4, 8],
            rest.Length > 2 ? Numbers(rest[2]) : [1, 2, 4, 8]);
        return 0;
    case ["quality", var folder, var emoji, var sheet, .. var rest]:
        QualityRun.Run(
            folder, emoji, sheet,
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 50,
            rest.Length > 1 ? rest[1] : "heldout");
        return 0;
    case ["steps", var folder, var type, var repeats]:
        StepSpeed.Run(folder, Parse(type), int.Parse(repeats, CultureInfo.InvariantCulture));
        return 0;
    case ["pieces"]:
        SmallPieces.Run();
        return 0;
    case ["tradeoff", var folder, var scores, var emoji, var table, .. var rest]:
        Tradeoff.Run(
            folder, scores, emoji, table,
            rest.Length > 0 ? int.Parse(rest[0], CultureInfo.InvariantCulture) : 6,
            rest.Length > 1 ? int.Parse(rest[1], CultureInfo.InvariantCulture) : 50);
        return 0;
    case ["probes", var folder, var band, var steps, .. { Length: > 0 } pictures]:
        new ProbeComparison(folder, ControlBands.Parse(band), int.Parse(steps, CultureInfo.InvariantCulture), pictures).Run();
        return 0;
    case ["device", var folder, var type, var device, var repeats]:
        DeviceMeasurement.Run(folder, Parse(type), device, int.Parse(repeats, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: make | measure | units | overhead | growth | pieces | quality | curves | steps | tradeoff | probes | device, see benchmarks/README.md");
        return 2;
}

static int[] Numbers(string list) => [.. list.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

static ComputeType Parse(string type) => type switch
{
    "fp32" => ComputeType.Float32,
    "bf16" => ComputeType.BFloat16,
    "fp16" => ComputeType.Float16,
    _ => throw new ArgumentException($"'{type}' is not a type: fp32, bf16 or fp16.", nameof(type)),
};
