using FaasPS.Engine.Sampling;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>
/// Scheduled sampling (Bengio et al. 2015; for diffusion, Deng et al. 2023): a part of every batch is not noised pictures but latents that
/// the model itself is drawing, each on its way from noise by DDIM. The noise in such a latent is whatever parts it from the picture asked
/// for, so that the usual loss holds; no noised picture lies underneath to be recognised, so a branch has to go by its hint. Each step's
/// prediction also takes the latent one step further, which costs nothing but the update.
/// </summary>
internal sealed class Rollouts : IDisposable
{
    /// <summary>Steps from noise to picture. The branch learns at their timesteps, and draws best there.</summary>
    private const int Steps = 20;

    private readonly NoisyLatents latents;
    private readonly DdimSampler sampler;
    private readonly Tensor x; // x_t
    private readonly Tensor target;
    private readonly Tensor hint;
    private readonly Tensor places; // each one's step, Steps when it has ended and -1 before the first, and its prompt; int64 [R, 2]

    /// <param name="config">The noise schedule.</param>
    /// <param name="latents">Whose latents' shape they have.</param>
    /// <param name="count">R, how many are under way at once.</param>
    /// <param name="eta">What to sample with.</param>
    public Rollouts(ModelConfig config, NoisyLatents latents, int count, double eta)
    {
        this.latents = latents;
        var schedule = new NoiseSchedule(config.LinearStart, config.LinearEnd, config.Timesteps);
        sampler = new DdimSampler(schedule, Timesteps.Select(schedule, Steps), eta);
        Tensor Empty() => zeros([count, .. latents.Latents.shape[1..]], device: latents.Device).DetachFromDisposeScope();
        (x, target, hint) = (Empty(), Empty(), Empty());
        places = full([count, 2], -1, int64).DetachFromDisposeScope();
    }

    /// <summary>What a resumed run needs.</summary>
    public (string Name, Tensor Tensor)[] State =>
        [("rollout_x", x), ("rollout_target", target), ("rollout_hint", hint), ("rollout_places", places)];

    private int Count => (int)x.shape[0];

    /// <summary>
    /// The batch with its first R samples replaced: by latents under way, and where one has ended, by pure noise for what stood there. The
    /// first ones begin all along the way, from noised pictures.
    /// </summary>
    public TrainingBatch Mix(TrainingBatch batch)
    {
        var place = places.data<long>().ToArray(); // [R * 2]
        for (var i = 0; i < Count; i++)
        {
            if (place[2 * i] is >= 0 and < Steps) continue;
            var step = place[2 * i] < 0 ? i * Steps / Count : 0;
            (place[2 * i], place[(2 * i) + 1]) = (step, batch.Prompts[i]);
            var begin = batch.Part(i, 1) with { Timesteps = tensor(new long[] { sampler.Timestep(step) }, device: latents.Device) };
            x.narrow(0, i, 1).copy_(step == 0 ? begin.Noise : latents.Noised(begin));
            target.narrow(0, i, 1).copy_(begin.Target);
            hint.narrow(0, i, 1).copy_(begin.Hint!);
        }
        places.copy_(tensor(place).view(-1, 2));
        var timesteps = tensor(place.Where((_, i) => i % 2 == 0).Select(step => (long)sampler.Timestep((int)step)).ToArray(), device: latents.Device);
        Tensor Rest(Tensor whole) => whole.narrow(0, Count, batch.Count - Count);
        return new TrainingBatch(
            cat([target, Rest(batch.Target)]),
            cat([latents.NoiseIn(x, target, timesteps), Rest(batch.Noise)]),
            cat([timesteps, Rest(batch.Timesteps)]),
            [.. place.Where((_, i) => i % 2 == 1), .. batch.Prompts[Count..]],
            cat([hint, Rest(batch.Hint!)]))
        {
            Estimate = zeros_like(batch.Target),
        };
    }

    /// <summary>Takes the latents under way one step further.</summary>
    /// <param name="batch">What <see cref="Mix"/> made, with the estimates of x0 that its samples were given.</param>
    /// <param name="random">Draws the noise that eta adds.</param>
    public void Advance(TrainingBatch batch, Generator random)
    {
        var part = batch.Part(0, Count);
        var noise = latents.NoiseIn(x, part.Estimate!, part.Timesteps);
        for (var i = 0; i < Count; i++)
        {
            var (before, step) = (x.narrow(0, i, 1), places[i, 0].item<long>());
            var after = sampler.Step(
                before, noise.narrow(0, i, 1), (int)step, () => randn(before.shape, generator: random).to(latents.Device));
            before.copy_(after.X);
        }
        places.narrow(1, 0, 1).add_(1);
    }

    public void Dispose()
    {
        foreach (var (_, tensor) in State) tensor.Dispose();
    }
}
