using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Sampling;

/// <summary>What one step computed: the next latents and the estimate of the result.</summary>
/// <param name="X">x_{t-1}, [N, C, H, W].</param>
/// <param name="X0">The predicted x0, [N, C, H, W].</param>
public readonly record struct SamplerStep(Tensor X, Tensor X0);

/// <summary>
/// DDIM (Song et al. 2021, equation 12) over a given set of timesteps. Names follow the paper: a = sqrt(alphaBar), epsilon is the
/// predicted noise, sigma = eta sqrt((1 - aPrev²) / (1 - a²)) sqrt(1 - a² / aPrev²).
/// </summary>
/// <param name="schedule">The noise schedule.</param>
/// <param name="timesteps">S timesteps, ascending.</param>
/// <param name="eta">0 for the deterministic sampler, 1 for DDPM's variance.</param>
/// <param name="dynamicThreshold">The quantile of |x0| beyond which it is squashed, in (0, 1]; none: x0 is left alone.</param>
public sealed class DdimSampler(NoiseSchedule schedule, IReadOnlyList<int> timesteps, double eta = 0, double? dynamicThreshold = null)
{
    /// <summary>S.</summary>
    public int Steps => timesteps.Count;

    /// <summary>The timestep of a step: step 0 is the noisiest.</summary>
    public int Timestep(int step) => timesteps[Steps - 1 - step];

    /// <summary>The noise levels of the steps in their order, and the one at which they end; S + 1.</summary>
    public double[] Sigmas => [.. Enumerable.Range(0, Steps).Select(step => schedule.Sigma(Timestep(step))), schedule.Sigma(0)];

    /// <summary>The noise that a prediction of v = a epsilon - sqrt(1 - a²) x0 stands for (Salimans and Ho 2022, appendix D).</summary>
    /// <param name="x">x_t, [N, C, H, W].</param>
    /// <param name="v">The prediction, same shape.</param>
    /// <param name="step">The step, 0..S-1.</param>
    public Tensor NoiseOfVelocity(Tensor x, Tensor v, int step)
    {
        var alphaBar = schedule.AlphaBar(Timestep(step));
        return (Math.Sqrt(alphaBar) * v) + (Math.Sqrt(1 - alphaBar) * x);
    }

    /// <summary>One step, in float32.</summary>
    /// <param name="x">x_t, [N, C, H, W].</param>
    /// <param name="epsilon">The predicted noise, same shape.</param>
    /// <param name="step">The step, 0..S-1.</param>
    /// <param name="noise">Draws standard normal noise like x; asked only where eta is above 0.</param>
    public SamplerStep Step(Tensor x, Tensor epsilon, int step, Func<Tensor>? noise = null)
    {
        var alphaBar = schedule.AlphaBar(Timestep(step));
        var alphaBarPrev = step + 1 < Steps ? schedule.AlphaBar(Timestep(step + 1)) : schedule.AlphaBar(0);
        var sigma = eta * Math.Sqrt((1 - alphaBarPrev) / (1 - alphaBar) * (1 - (alphaBar / alphaBarPrev)));

        // (1) the predicted x0
        var x0 = (x - (Math.Sqrt(1 - alphaBar) * epsilon)) / Math.Sqrt(alphaBar);
        if (dynamicThreshold is { } quantile)
        {
            x0 = Squash(x0, quantile);
            epsilon = (x - (Math.Sqrt(alphaBar) * x0)) / (Math.Sqrt(1 - alphaBar) + 1e-9);
        }

        // (2) the direction that points to x_t
        var direction = Math.Sqrt(1 - alphaBarPrev - (sigma * sigma)) * epsilon;

        // (3) the next latents, with fresh noise where eta asks for it
        var next = (Math.Sqrt(alphaBarPrev) * x0) + direction;
        if (sigma > 0) next = next + (sigma * noise!());
        return new SamplerStep(next, x0);
    }

    /// <summary>s tanh(x0 / s) with s = max(1, the quantile of |x0|) of each sample (FAAS; after Imagen's dynamic thresholding).</summary>
    private static Tensor Squash(Tensor x0, double quantile)
    {
        var q = full([1], quantile, float32, x0.device); // filled where it is: a copy from the host would wait for the device
        var s = x0.abs().flatten(1).quantile(q, 1).clamp(min: 1).view(-1, 1, 1, 1); // [N, 1, 1, 1]
        return s * (x0 / s).tanh();
    }
}
