using FaasPS.Engine.Sampling;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>
/// Scheduled sampling (Bengio et al. 2015; for diffusion, Deng et al. 2023): a part of every batch is not noised pictures but latents that
/// the model itself is drawing, each on its way from noise by DDIM. The noise in such a latent is whatever parts it from the picture asked
/// for, so that the usual loss holds; no noised picture lies underneath to be recognised, so a branch has to go by its hint. Each step's
/// prediction also takes the latent one step further, which costs nothing but the update. Steps are of random lengths, those of 20 to 50
/// steps in all: a branch that drew at the same 20 timesteps each time was good at those, and clearly worse between them.
/// </summary>
internal sealed class Rollouts : IDisposable
{
    private const int FewestSteps = 20;
    private const int MostSteps = 50;

    private readonly NoisyLatents latents;
    private readonly NoiseSchedule schedule;
    private readonly double eta;
    private readonly int longest; // timesteps in a step
    private readonly int shortest;
    private readonly Tensor x; // x_t, [R, 4, h, w]
    private readonly Tensor target;
    private readonly Tensor hint;
    private readonly Tensor timesteps; // int64 [R]
    private readonly Tensor prompts; // int64 [R], -1 before it is begun

    /// <param name="config">The noise schedule.</param>
    /// <param name="latents">Whose latents' shape they have.</param>
    /// <param name="count">R, how many are under way at once.</param>
    /// <param name="eta">What to sample with.</param>
    public Rollouts(ModelConfig config, NoisyLatents latents, int count, double eta)
    {
        this.latents = latents;
        this.eta = eta;
        schedule = new NoiseSchedule(config.LinearStart, config.LinearEnd, config.Timesteps);
        longest = Math.Max(1, schedule.Timesteps / FewestSteps);
        shortest = Math.Max(1, schedule.Timesteps / MostSteps);
        Tensor Empty() => zeros([count, .. latents.Latents.shape[1..]], device: latents.Device).DetachFromDisposeScope();
        (x, target, hint) = (Empty(), Empty(), Empty());
        timesteps = tensor(Enumerable.Range(1, count).Select(i => ((long)i * schedule.Timesteps / count) - 1).ToArray()).DetachFromDisposeScope();
        prompts = full([count], -1, int64).DetachFromDisposeScope();
    }

    /// <summary>What a resumed run needs.</summary>
    public (string Name, Tensor Tensor)[] State =>
    [
        ("rollout_x", x), ("rollout_target", target), ("rollout_hint", hint), ("rollout_timesteps", timesteps), ("rollout_prompts", prompts),
    ];

    private int Count => (int)x.shape[0];

    /// <summary>
    /// The batch with its first R samples replaced: by latents under way, and where one has ended, by pure noise for what stood there. The
    /// first ones begin all along the way, from noised pictures.
    /// </summary>
    public TrainingBatch Mix(TrainingBatch batch)
    {
        for (var i = 0; i < Count; i++)
        {
            if (prompts[i].item<long>() >= 0) continue;
            prompts[i] = batch.Prompts[i];
            var begin = batch.Part(i, 1) with { Timesteps = timesteps.narrow(0, i, 1).to(latents.Device) };
            var noised = timesteps[i].item<long>() < schedule.Timesteps - longest;
            x.narrow(0, i, 1).copy_(noised ? latents.Noised(begin) : begin.Noise);
            target.narrow(0, i, 1).copy_(begin.Target);
            hint.narrow(0, i, 1).copy_(begin.Hint!);
        }
        var t = timesteps.to(latents.Device);
        Tensor Rest(Tensor whole) => whole.narrow(0, Count, batch.Count - Count);
        return new TrainingBatch(
            cat([target, Rest(batch.Target)]),
            cat([latents.NoiseIn(x, target, t), Rest(batch.Noise)]),
            cat([t, Rest(batch.Timesteps)]),
            [.. prompts.data<long>(), .. batch.Prompts[Count..]],
            cat([hint, Rest(batch.Hint!)]))
        {
            Estimate = zeros_like(batch.Target),
        };
    }

    /// <summary>Takes the latents under way one step further.</summary>
    /// <param name="batch">What <see cref="Mix"/> made, with the estimates of x0 that its samples were given.</param>
    /// <param name="random">Draws the steps' lengths and the noise that eta adds.</param>
    public void Advance(TrainingBatch batch, Generator random)
    {
        var part = batch.Part(0, Count);
        var noise = latents.NoiseIn(x, part.Estimate!, part.Timesteps);
        var strides = randint(shortest, longest + 1, [Count], generator: random);
        for (var i = 0; i < Count; i++)
        {
            var (before, t, stride) = (x.narrow(0, i, 1), (int)timesteps[i].item<long>(), (int)strides[i].item<long>());
            var ends = t < stride;
            var sampler = new DdimSampler(schedule, ends ? [t] : [t - stride, t], eta);
            var after = sampler.Step(before, noise.narrow(0, i, 1), 0, () => randn(before.shape, generator: random).to(latents.Device));
            before.copy_(after.X);
            timesteps[i] = ends ? schedule.Timesteps - stride : t - stride;
            if (ends) prompts[i] = -1;
        }
    }

    public void Dispose()
    {
        foreach (var (_, tensor) in State) tensor.Dispose();
    }
}
