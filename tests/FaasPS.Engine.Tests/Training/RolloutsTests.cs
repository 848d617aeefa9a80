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
    private static readonly ModelConfig Config = ModelConfig.Load(SmallRun.Config);
    private static readonly NoiseSchedule Schedule = new(Config.LinearStart, Config.LinearEnd, Config.Timesteps);

    private readonly NoisyLatents latents;
    private readonly Rollouts rollouts;
    private readonly Generator random = new(5);
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
        Assert.Equal([249, 499, 749, 999], mixed.Timesteps.data<long>().ToArray()[..Count]);
        Assert.True(latents.Noised(mixed).narrow(0, 0, 3).allclose(
            latents.Noised(batch with { Timesteps = mixed.Timesteps }).narrow(0, 0, 3), 1e-4, 1e-5));
        Assert.True(latents.Noised(mixed).narrow(0, 3, 1).allclose(batch.Noise.narrow(0, 3, 1), 1e-4, 1e-5)); // from nothing but noise
        Assert.True(mixed.Noise.narrow(0, Count, 2).equal(batch.Noise.narrow(0, Count, 2)).all().item<bool>());
        Assert.Equal(batch.Timesteps.data<long>().ToArray()[Count..], mixed.Timesteps.data<long>().ToArray()[Count..]);
        Assert.Equal(batch.Prompts, mixed.Prompts);
    }

    [Fact]
    public void EachGoesWhereTheSamplerTakesItInStepsOfRandomLength()
    {
        // A model that takes half of what it sees, and a little of the hint, for the picture.
        Tensor Guess(Tensor x, Tensor hint) => (0.5 * x) + (0.1 * hint);
        Tensor Last(Tensor whole) => whole.narrow(0, Count - 1, 1); // the last of those that are drawn: it begins as noise
        var first = Batch(seed: 1);
        var (way, strides) = (new List<int>(), new List<long>());
        do
        {
            var before = Reached();
            way.Add((int)before[^1]);
            var mixed = Step(Batch(seed: way.Count));
            Assert.Equal(first.Prompts[Count - 1], mixed.Prompts[Count - 1]); // on its way it keeps what it was begun with
            Assert.True(Last(mixed.Target).equal(Last(first.Target)).all().item<bool>());
            strides.AddRange(before.Zip(Reached(), (from, to) => from - to).Where(stride => stride > 0));
        }
        while (Reached()[^1] < way[^1]);
        Assert.InRange(way.Count, 21, 50);
        Assert.All(strides, stride => Assert.InRange(stride, 20, 50));
        Assert.InRange(strides.Distinct().Count(), 20, 31);

        var sampler = new DdimSampler(Schedule, [.. Enumerable.Reverse(way)]);
        var x = Last(first.Noise);
        for (var step = 0; step < way.Count; step++)
        {
            var (signal, spread) = (Math.Sqrt(Schedule.AlphaBar(way[step])), Math.Sqrt(1 - Schedule.AlphaBar(way[step])));
            x = sampler.Step(x, (x - (signal * Guess(x, Last(first.Hint!)))) / spread, step).X;
        }
        Assert.True(Last(rollouts.State[0].Tensor).allclose(x, 1e-3, 1e-4));

        // It has ended: the next batch begins another in its place, where a sampler of some number of steps begins.
        var next = Batch(seed: 200);
        var begun = rollouts.Mix(next);
        Assert.InRange(Last(begun.Timesteps).item<long>(), 950, 980);
        Assert.True(Last(latents.Noised(begun)).allclose(Last(next.Noise), 1e-4, 1e-5));
        Assert.Equal(next.Prompts[Count - 1], begun.Prompts[Count - 1]);

        long[] Reached() => rollouts.State.Single(state => state.Name == "rollout_timesteps").Tensor.data<long>().ToArray();
        TrainingBatch Step(TrainingBatch batch)
        {
            var mixed = rollouts.Mix(batch);
            mixed.Estimate!.copy_(Guess(latents.Noised(mixed), mixed.Hint!));
            rollouts.Advance(mixed, random);
            return mixed;
        }
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
        random.Dispose();
        latents.Dispose();
        scope.Dispose();
    }

    private static TrainingBatch Batch(int seed)
    {
        using var drawn = new Generator((ulong)seed);
        Tensor Draw() => randn([Count + 2, 4, 4, 4], generator: drawn);
        return new TrainingBatch(
            Draw(), Draw(), randint(Config.Timesteps, [Count + 2], generator: drawn), [.. Enumerable.Range(0, Count + 2).Select(i => (seed * 10L) + i)], Draw());
    }
}
