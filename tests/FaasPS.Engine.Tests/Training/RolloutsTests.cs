using FaasPS.Engine.Sampling;
using FaasPS.Engine.Text;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Training;

/// <summary>Scheduled sampling: latents that the model itself draws, in place of noised pictures.</summary>
public sealed class RolloutsTests : IDisposable
{
    private const int Count = 4;
    private const int Steps = 20;
    private static readonly ModelConfig Config = ModelConfig.Load(SmallRun.Config);
    private static readonly NoiseSchedule Schedule = new(Config.LinearStart, Config.LinearEnd, Config.Timesteps);

    private readonly NoisyLatents latents;
    private readonly Rollouts rollouts;
    private readonly DisposeScope scope;

    public RolloutsTests()
    {
        NativeRuntime.Load();
        scope = NewDisposeScope();
        latents = new NoisyLatents(
            Config, [new TrainingSample(0, 0, "a red disc")], zeros(1, 4, 4, 4), new TrainingSettings(), ClipTokenizer.Load(SmallRun.Tokenizer));
        rollouts = new Rollouts(Config, latents, Count, eta: 0);
    }

    [Fact]
    public void TheFirstBeginAllAlongTheWayAndTheRestOfTheBatchStays()
    {
        var batch = Batch(seed: 1);
        var mixed = rollouts.Mix(batch);
        var timesteps = Timesteps.Select(Schedule, Steps);
        Assert.Equal([.. new[] { 0, 5, 10, 15 }.Select(step => (long)timesteps[Steps - 1 - step])], mixed.Timesteps.data<long>().ToArray()[..Count]);
        Assert.True(latents.Noised(mixed).narrow(0, 1, 3).allclose(
            latents.Noised(batch with { Timesteps = mixed.Timesteps }).narrow(0, 1, 3), 1e-4, 1e-5));
        Assert.True(latents.Noised(mixed).narrow(0, 0, 1).allclose(batch.Noise.narrow(0, 0, 1), 1e-4, 1e-5)); // from nothing but noise
        Assert.True(mixed.Noise.narrow(0, Count, 2).equal(batch.Noise.narrow(0, Count, 2)).all().item<bool>());
        Assert.Equal(batch.Timesteps.data<long>().ToArray()[Count..], mixed.Timesteps.data<long>().ToArray()[Count..]);
        Assert.Equal(batch.Prompts, mixed.Prompts);
    }

    [Fact]
    public void EachGoesWhereTheSamplerTakesIt()
    {
        // A model that takes half of what it sees, and a little of the hint, for the picture.
        Tensor Guess(Tensor x, Tensor hint) => (0.5 * x) + (0.1 * hint);
        using var random = new Generator(5);
        var first = Batch(seed: 1);
        TrainingBatch Step(TrainingBatch batch)
        {
            var mixed = rollouts.Mix(batch);
            mixed.Estimate!.copy_(Guess(latents.Noised(mixed), mixed.Hint!));
            rollouts.Advance(mixed, random);
            return mixed;
        }
        for (var step = 0; step < Steps; step++)
        {
            var mixed = Step(step == 0 ? first : Batch(seed: 100 + step));
            Assert.Equal(first.Prompts[0], mixed.Prompts[0]); // on its way it keeps what it was begun with
            Assert.True(mixed.Target.narrow(0, 0, 1).equal(first.Target.narrow(0, 0, 1)).all().item<bool>());
        }

        var sampler = new DdimSampler(Schedule, Timesteps.Select(Schedule, Steps));
        var x = first.Noise.narrow(0, 0, 1);
        for (var step = 0; step < Steps; step++)
        {
            var (signal, spread) = (Math.Sqrt(Schedule.AlphaBar(sampler.Timestep(step))), Math.Sqrt(1 - Schedule.AlphaBar(sampler.Timestep(step))));
            x = sampler.Step(x, (x - (signal * Guess(x, first.Hint!.narrow(0, 0, 1)))) / spread, step).X;
        }
        Assert.True(rollouts.State[0].Tensor.narrow(0, 0, 1).allclose(x, 1e-3, 1e-4));

        // It has ended: the next batch begins another in its place.
        var next = Batch(seed: 200);
        var begun = rollouts.Mix(next);
        Assert.True(latents.Noised(begun).narrow(0, 0, 1).allclose(next.Noise.narrow(0, 0, 1), 1e-4, 1e-5));
        Assert.Equal(next.Prompts[0], begun.Prompts[0]);
        Assert.NotEqual(next.Prompts[1], begun.Prompts[1]);
    }

    [Theory]
    [InlineData("eps")]
    [InlineData("v")]
    public void APredictionAmountsToAPicture(string parameterization)
    {
        using var some = new NoisyLatents(
            Config with { Parameterization = parameterization }, [new TrainingSample(0, 0, "a red disc")], zeros(1, 4, 4, 4),
            new TrainingSettings(), ClipTokenizer.Load(SmallRun.Tokenizer));
        var batch = Batch(seed: 1);
        var (signal, spread) = (some.Signal(batch.Timesteps).view(-1, 1, 1, 1), (1 - some.Signal(batch.Timesteps).square()).sqrt().view(-1, 1, 1, 1));
        var perfect = parameterization == "v" ? (signal * batch.Noise) - (spread * batch.Target) : batch.Noise;
        Assert.Equal(0, some.Loss(perfect, batch).item<float>(), 1e-6);
        Assert.True(some.Estimate(perfect, batch).allclose(batch.Target, 1e-3, 1e-3));
        var (x, off) = (some.Noised(batch), perfect + 0.1);
        var amounts = parameterization == "v" ? (signal * x) - (spread * off) : (x - (spread * off)) / signal;
        Assert.True(some.Estimate(off, batch).allclose(amounts, 1e-3, 1e-3));
        Assert.True(some.NoiseIn(x, batch.Target, batch.Timesteps).allclose(batch.Noise, 1e-3, 1e-3));
    }

    public void Dispose()
    {
        rollouts.Dispose();
        latents.Dispose();
        scope.Dispose();
    }

    private static TrainingBatch Batch(int seed)
    {
        using var random = new Generator((ulong)seed);
        Tensor Draw() => randn([Count + 2, 4, 4, 4], generator: random);
        return new TrainingBatch(
            Draw(), Draw(), randint(Config.Timesteps, [Count + 2], generator: random), [.. Enumerable.Range(0, Count + 2).Select(i => (seed * 10L) + i)], Draw());
    }
}
