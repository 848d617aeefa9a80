using FaasPS.Engine.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Sampling;

public sealed class TimestepsTests
{
    private static readonly NoiseSchedule Schedule = new();

    [Fact]
    public void AnyStepCountGivesThatManyAscendingTimesteps()
    {
        for (var steps = 1; steps <= 1000; steps++)
        {
            var timesteps = Timesteps.Select(Schedule, steps);
            Assert.Equal(steps, timesteps.Length);
            Assert.Equal(timesteps.Distinct().Order(), timesteps);
            Assert.InRange(timesteps[0], 0, 999);
            Assert.InRange(timesteps[^1], 0, 999);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(50)]
    [InlineData(125)]
    [InlineData(500)]
    public void DivisorsOf1000GiveTheReferencesTimesteps(int steps) =>
        Assert.Equal(Enumerable.Range(0, steps).Select(i => (i * (1000 / steps)) + 1), Timesteps.Select(Schedule, steps));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public void StepCountsOutOfRangeAreRefused(int steps)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Timesteps.Select(Schedule, steps));
        Assert.Contains("1 to 1000", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(1000)]
    public void OptimizedTimestepsAreAsManyAndAscend(int steps)
    {
        var timesteps = Timesteps.Select(Schedule, steps, TimestepSpacing.Optimized);
        Assert.Equal(steps, timesteps.Length);
        Assert.Equal(timesteps.Distinct().Order(), timesteps);
        Assert.Equal(999, timesteps[^1]);
    }

    /// <summary>
    /// On data of unit variance the exact noise prediction is sqrt(1 - alphaBar) x, and the exact path keeps x's variance at 1. The sampler
    /// itself, run on that prediction, must come closer to it on the optimised timesteps.
    /// </summary>
    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void OptimizedTimestepsMakeDdimMoreExactOnGaussianData(int steps)
    {
        NativeRuntime.Load();
        double Error(TimestepSpacing spacing)
        {
            using var scope = NewDisposeScope();
            var sampler = new DdimSampler(Schedule, Timesteps.Select(Schedule, steps, spacing));
            var x = ones([1, 1, 1, 1], float64);
            for (var step = 0; step < steps; step++)
                x = sampler.Step(x, x * Math.Sqrt(1 - Schedule.AlphaBar(sampler.Timestep(step))), step).X;
            return Math.Abs(Math.Log(x.item<double>()));
        }

        Assert.True(Error(TimestepSpacing.Optimized) < 0.9 * Error(TimestepSpacing.Uniform));
    }
}
