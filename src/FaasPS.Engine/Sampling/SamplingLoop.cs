using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Sampling;

/// <summary>From noise to latents: at each step both halves of guidance in one batch, then the sampler's update.</summary>
/// <param name="denoiser">Predicts the noise; its batch is [unconditional, conditional] when guided.</param>
/// <param name="sampler">The update.</param>
/// <param name="guidanceScale">1 runs the conditional half alone.</param>
/// <param name="predictsVelocity">Whether the model predicts v, as Stable Diffusion 2.1's 768-pixel version does, and not epsilon.</param>
/// <param name="floor">Checks what the denoiser's treatments leave out, where a floor under quality is asked for.</param>
internal sealed class SamplingLoop(
    Denoiser denoiser, DdimSampler sampler, double guidanceScale, bool predictsVelocity = false, FidelityFloor? floor = null)
{
    /// <summary>Runs all steps.</summary>
    /// <param name="noise">x_T, [N, 4, H, W], float32.</param>
    /// <param name="drawNoise">Draws more noise of that shape, where eta is above 0.</param>
    /// <param name="stepped">Called after each step, with the step and what it computed.</param>
    /// <returns>The latents x_0, [N, 4, H, W], float32.</returns>
    public Tensor Run(Tensor noise, Func<Tensor>? drawNoise = null, Action<int, SamplerStep>? stepped = null)
    {
        var x = noise.alias();
        for (var step = 0; step < sampler.Steps; step++)
        {
            // One scope a step: what a step allocates is gone before the next one begins.
            using var scope = NewDisposeScope();
            var epsilon = PredictNoise(x, step);
            if (floor is not null) epsilon = floor.Settle(step, x, epsilon, () => PredictNoise(x, step));
            var result = sampler.Step(x, epsilon, step, drawNoise);
            stepped?.Invoke(step, result);
            x.Dispose();
            x = result.X.MoveToOuterDisposeScope();
        }
        return x;
    }

    private Tensor PredictNoise(Tensor x, int step)
    {
        var prediction = guidanceScale == 1
            ? denoiser.Predict(x, step).to(float32)
            : Guidance.Combine(denoiser.Predict(cat([x, x]), step), guidanceScale);
        return predictsVelocity ? sampler.NoiseOfVelocity(x, prediction, step) : prediction;
    }
}
