using FaasPS.Engine.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Sampling;

public sealed class DdimSamplerTests
{
    private static readonly NoiseSchedule Schedule = new();

    public DdimSamplerTests() => NativeRuntime.Load();

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void TheTrueNoiseGivesBackTheImage(double eta)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var (x0, noise) = (randn([1, 4, 8, 8], generator: generator), randn([1, 4, 8, 8], generator: generator));
        var sampler = new DdimSampler(Schedule, Timesteps.Select(Schedule, 10), eta);
        var alphaBar = Schedule.AlphaBar(sampler.Timestep(0));
        var x = (Math.Sqrt(alphaBar) * x0) + (Math.Sqrt(1 - alphaBar) * noise);
        var step = sampler.Step(x, noise, 0, () => zeros_like(x));
        Assert.True((step.X0 - x0).abs().max().item<float>() < 1e-4f);
    }

    [Fact]
    public void AVelocityStandsForItsNoise()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4, CPU);
        var (x0, noise) = (randn([1, 4, 8, 8], generator: generator), randn([1, 4, 8, 8], generator: generator));
        var sampler = new DdimSampler(Schedule, Timesteps.Select(Schedule, 10));
        var (a, s) = (Math.Sqrt(Schedule.AlphaBar(sampler.Timestep(3))), Math.Sqrt(1 - Schedule.AlphaBar(sampler.Timestep(3))));
        var (x, v) = ((a * x0) + (s * noise), (a * noise) - (s * x0));
        Assert.True((sampler.NoiseOfVelocity(x, v, 3) - noise).abs().max().item<float>() < 1e-5f);
    }

    [Fact]
    public void WithEtaOneAStepAddsDdpmsPosteriorVariance()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5, CPU);
        var sampler = new DdimSampler(Schedule, Timesteps.Select(Schedule, 10), eta: 1);
        var (x, epsilon) = (randn([1, 1, 200, 200], generator: generator), randn([1, 1, 200, 200], generator: generator));
        var quiet = sampler.Step(x, epsilon, 0, () => zeros_like(x)).X;
        var noisy = sampler.Step(x, epsilon, 0, () => randn([1, 1, 200, 200], generator: generator)).X;

        var (alphaBar, alphaBarPrev) = (Schedule.AlphaBar(sampler.Timestep(0)), Schedule.AlphaBar(sampler.Timestep(1)));
        var expected = (1 - alphaBarPrev) / (1 - alphaBar) * (1 - (alphaBar / alphaBarPrev));
        Assert.Equal(expected, (noisy - quiet).var().item<float>(), expected * 0.05); // 40,000 samples: about 0.7 % of spread
    }

    [Fact]
    public void WithEtaZeroNoNoiseIsDrawn()
    {
        using var scope = NewDisposeScope();
        var sampler = new DdimSampler(Schedule, Timesteps.Select(Schedule, 2));
        var x = ones([1, 1, 2, 2]);
        var first = sampler.Step(x, x, 0, () => throw new InvalidOperationException("noise was drawn")).X;
        Assert.Equal([1, 1, 2, 2], first.shape);
    }

    [Fact]
    public void TheScheduleIsStableDiffusions()
    {
        // alphas_cumprod[0] and [999] of Stable Diffusion 2.1: 1 - 0.00085 and the product of all.
        Assert.Equal(0.99915, Schedule.AlphaBar(0), 1e-6);
        Assert.Equal(0.0047, Schedule.AlphaBar(999), 1e-4);
        Assert.Equal(1000, Schedule.Timesteps);
        Assert.All(Enumerable.Range(1, 999), t => Assert.True(Schedule.AlphaBar(t) < Schedule.AlphaBar(t - 1)));
    }
}
