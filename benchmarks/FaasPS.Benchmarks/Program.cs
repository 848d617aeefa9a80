using System.Globalization;
using FaasPS.Benchmarks;
using FaasPS.Engine.Models;

// make <config.yaml> <folder> <fp32|bf16|fp16>    a model with random weights, for speed only
// measure <folder> <fp32|bf16> <repeats>          times loading, sampling steps and the autoencoder; prints name=value lines
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["make", var config, var folder, var type]:
        RandomModel.Make(config, folder, Parse(type));
        return 0;
    case ["measure", var folder, var type, var repeats]:
        ModelMeasurement.Run(folder, Parse(type), int.Parse(repeats, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: make <config.yaml> <folder> <type> | measure <folder> <type> <repeats>");
        return 2;
}

static ComputeType Parse(string type) => type switch
{
    "fp32" => ComputeType.Float32,
    "bf16" => ComputeType.BFloat16,
    "fp16" => ComputeType.Float16,
    _ => throw new ArgumentException($"'{type}' is not a type: fp32, bf16 or fp16.", nameof(type)),
};
