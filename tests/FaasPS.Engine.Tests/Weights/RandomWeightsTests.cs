using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

public sealed class RandomWeightsTests
{
    private const long Seed = 7;

    [Fact]
    public void NumbersDependOnSeedAndKeyAlone()
    {
        var first = new RandomWeights(Seed);
        var second = new RandomWeights(Seed);
        Load(second, "other", 3);
        Assert.Equal(Load(first, "key", 4, 5), Load(second, "key", 4, 5));
        Assert.NotEqual(Load(first, "key", 4, 5), Load(first, "yek", 4, 5));
        Assert.NotEqual(Load(first, "key", 4, 5), Load(new RandomWeights(Seed + 1), "key", 4, 5));
        Assert.Equal(
            "key [4, 5]", string.Join(' ', second.Asked.Skip(1).Select(info => $"{info.Name} {TensorInfo.ShapeText(info.Shape)}")));
    }

    [Fact]
    public void SpreadFollowsTheFanIn()
    {
        // 64 x (16*3*3) normal numbers of variance 1/144: the sample's deviation is within 5 % of 1/12 (its own deviation is 0.7 %).
        var kernel = Load(new RandomWeights(Seed), "conv.weight", 64, 16, 3, 3);
        var deviation = Math.Sqrt(kernel.Average(value => value * value));
        Assert.InRange(deviation * 12, 0.95, 1.05);
        Assert.InRange(Load(new RandomWeights(Seed), "norm.weight", 1000).Average(), 0.99, 1.01);
        Assert.InRange(Load(new RandomWeights(Seed), "norm.bias", 1000).Average(), -0.01, 0.01);
    }

    [Fact]
    public void KnownShapesMakeItAsStrictAsAFile()
    {
        var random = new RandomWeights(Seed, new Dictionary<string, long[]>(StringComparer.Ordinal) { ["w"] = [2, 3] });
        Assert.True(random.Contains("w"));
        Assert.False(random.Contains("v"));
        Assert.Equal([2, 3], random.ShapeOf("w"));
        Assert.Equal(6, Load(random, "w", -1, 3).Length);
        Assert.Throws<WeightsException>(() => Load(random, "w", 3, 2));
        Assert.Contains("'v'", Assert.Throws<WeightsException>(() => Load(random, "v", 3)).Message, StringComparison.Ordinal);
        var any = new RandomWeights(Seed);
        Assert.True(any.Contains("anything"));
        Assert.Contains("'w'", Assert.Throws<WeightsException>(() => any.ShapeOf("w")).Message, StringComparison.Ordinal);
        Assert.Contains("[*, 3]", Assert.Throws<WeightsException>(() => Load(any, "w", -1, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasAskedCanBeSavedWithoutHoldingIt()
    {
        var random = new RandomWeights(Seed);
        var expected = Load(random, "a.weight", 3, 4);
        Load(random, "a.bias", 3);
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, random.Asked.ToList(), info => random.Load(info.Name, info.Shape, info.DType, CPU));
        using var saved = CheckpointFile.Open(file.Path);
        Assert.Equal("a.weight a.bias", string.Join(' ', saved.Keys));
        using var loaded = saved.Load("a.weight", ScalarType.Float64, CPU);
        Assert.Equal(expected, FormatTests.Doubles(loaded));
    }

    private static double[] Load(RandomWeights random, string key, params long[] shape)
    {
        using var numbers = random.Load(key, shape, ScalarType.Float32, CPU);
        using var wide = numbers.to(ScalarType.Float64);
        return FormatTests.Doubles(wide);
    }
}
