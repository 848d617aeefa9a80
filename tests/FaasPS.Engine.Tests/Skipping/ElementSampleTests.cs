using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Skipping;

public sealed class ElementSampleTests
{
    [Theory]
    [InlineData(ScalarType.Float32, false)]
    [InlineData(ScalarType.Float32, true)]
    [InlineData(ScalarType.Float16, false)]
    [InlineData(ScalarType.BFloat16, true)]
    public void ItIsTheSameWhereverItIsTakenAndOfEachPictureAlone(ScalarType type, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var x = Pictures(3, 48, 9, 11).to(type);
        if (channelsLast) x = x.permute(0, 3, 1, 2);
        var values = Array.Empty<float>();
        ElementSample.Read(x, ref values);
        using var taken = ElementSample.Take(x);
        Assert.Equal(values, taken.data<float>().ToArray());

        var alone = Array.Empty<float>();
        ElementSample.Read(x.narrow(0, 1, 1), ref alone);
        Assert.Equal(values[alone.Length..(2 * alone.Length)], alone);
        var all = x.to(float32).flatten().data<float>().ToArray().ToHashSet();
        Assert.All(values, value => Assert.Contains(value, all));
    }

    [Theory]
    [InlineData(64, 16)]
    [InlineData(96, 4)]
    [InlineData(320, 64)]
    public void ANormFromItIsNearTheWholeOne(int channels, int side)
    {
        using var scope = NewDisposeScope();
        for (var seed = 0; seed < 20; seed++)
        {
            var x = Pictures(1, channels, side, side, seed);
            var values = Array.Empty<float>();
            ElementSample.Read(x, ref values);
            var whole = x.square().mean().sqrt().item<float>();
            Assert.InRange(Math.Sqrt(values.Average(value => value * value)) / whole, 0.75, 1.25);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 2)]
    [InlineData(3, 5)]
    public void SmallTensorsAreSampledToo(int channels, int side)
    {
        using var scope = NewDisposeScope();
        var x = Pictures(2, channels, side, side);
        var values = Array.Empty<float>();
        ElementSample.Read(x, ref values);
        Assert.NotEmpty(values);
        using var taken = ElementSample.Take(x);
        Assert.Equal(values, taken.data<float>().ToArray());
    }

    /// <summary>Channels of unlike spread, as in a network.</summary>
    private static Tensor Pictures(long batch, long channels, long height, long width, int seed = 1)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randn([batch, channels, height, width], generator: generator) * (1 + rand([1, channels, 1, 1], generator: generator));
    }
}
