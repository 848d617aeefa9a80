using System.Text.Json;
using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Training;

/// <summary>Every stage's first steps against the same in PyTorch (tests/fixtures/training/make_losses.py).</summary>
public sealed class TwinTests
{
    private const long Seed = 3;
    private static readonly string Folder = Fixtures.Path("training");

    public TwinTests() => NativeRuntime.Load();

    [Theory]
    [InlineData("autoencoder", 1)]
    [InlineData("autoencoder", 2)]
    [InlineData("diffusion", 1)]
    [InlineData("diffusion", 2)]
    [InlineData("high_pass", 1)]
    [InlineData("mini_pass", 2)]
    public void LossesAreThoseOfPyTorch(string name, int workers)
    {
        var expected = Read<Dictionary<string, double[]>>("losses.json")[name];
        using var run = new SmallRun(name, workers, ComputeType.Float32, Seed);
        var actual = expected.Select(_ => run.Loop.Advance().Loss).ToArray();
        // The first is one forward pass; the others have gone through gradients and AdamW, whose division magnifies rounding.
        Assert.All(actual.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 2e-4 * pair.Second));
        Assert.Equal(expected[0], actual[0], 1e-5 * expected[0]);
        Assert.True(Math.Abs(expected[^1] - expected[0]) > 0.01 * expected[0], "The losses hardly change: this shows nothing.");
    }

    [Fact]
    public void ShapesAndTokensOfTheTwinAreTheEngines()
    {
        var config = ModelConfig.Load(Path.Combine(Folder, "model_config.yaml"));
        var shapes = ModelShapes.Base(config).Concat(ModelShapes.Control(config)).ToDictionary(info => info.Name, info => info.Shape);
        Assert.Equal(shapes, Read<Dictionary<string, long[]>>("shapes.json"));
        var tokenizer = ClipTokenizer.Load(SmallRun.Tokenizer);
        Assert.All(Read<Dictionary<string, int[]>>("tokens.json"), pair => Assert.Equal(pair.Value, tokenizer.Tokenize(pair.Key).Ids));
    }

    private static T Read<T>(string file) => JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(Folder, file)))!;
}
