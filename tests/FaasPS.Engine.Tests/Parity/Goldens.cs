using System.Text.Json;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>The reference's recorded numbers (tests/fixtures/tiny), each with the absolute tolerance that its manifest gives.</summary>
internal static class Goldens
{
    private static readonly CheckpointFile File = OpenFile();

    private static readonly Dictionary<string, double> Tolerances = ReadTolerances();

    /// <summary>A recorded tensor, float32, in the caller's dispose scope.</summary>
    public static Tensor Get(string name)
    {
        using var loaded = File.Load(name, ScalarType.Float32, CPU);
        return loaded.alias();
    }

    /// <summary>Compares with a recorded tensor at its own tolerance.</summary>
    public static void AssertClose(string name, Tensor actual)
    {
        using var scope = NewDisposeScope();
        var expected = Get(name);
        Assert.Equal(expected.shape, actual.shape);
        var difference = (actual.to(float32) - expected).abs().max().item<float>();
        // Integers and inputs have a tolerance of 0; a value computed from them may still round once.
        Assert.True(difference <= Tolerances[name], $"{name}: off by {difference:g3}, the tolerance is {Tolerances[name]:g3}");
    }

    private static CheckpointFile OpenFile()
    {
        NativeRuntime.Load();
        return CheckpointFile.Open(Fixtures.Path("tiny", "goldens.safetensors"));
    }

    private static Dictionary<string, double> ReadTolerances()
    {
        using var manifest = JsonDocument.Parse(System.IO.File.ReadAllText(Fixtures.Path("tiny", "manifest.json")));
        return manifest.RootElement.GetProperty("tensors").EnumerateArray().ToDictionary(
            tensor => tensor.GetProperty("name").GetString()!,
            tensor => tensor.GetProperty("suggested_atol").GetDouble(), StringComparer.Ordinal);
    }
}
