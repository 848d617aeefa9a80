using FaasPS.Engine.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>
/// Keys that FCDiffusion's own loader insists on although no picture depends on them: the noise schedule's buffers (ldm, <c>DDPM</c>,
/// <c>register_schedule</c>) and two of OpenCLIP's parameters that only comparisons with images use.
/// </summary>
internal static class ReferenceKeys
{
    /// <summary>The buffers, each float32 [T]; the caller owns them.</summary>
    public static IEnumerable<(string Key, Tensor Value)> Schedule(ModelConfig config)
    {
        var schedule = new NoiseSchedule(config.LinearStart, config.LinearEnd, config.Timesteps);
        double Bar(int t) => t < 0 ? 1 : schedule.AlphaBar(t);
        double Alpha(int t) => Bar(t) / Bar(t - 1);
        double Variance(int t) => (1 - Alpha(t)) * (1 - Bar(t - 1)) / (1 - Bar(t)); // of q(x_{t-1} | x_t, x_0)
        (string, Func<int, double>)[] buffers =
        [
            ("betas", t => 1 - Alpha(t)),
            ("alphas_cumprod", Bar),
            ("alphas_cumprod_prev", t => Bar(t - 1)),
            ("sqrt_alphas_cumprod", t => Math.Sqrt(Bar(t))),
            ("sqrt_one_minus_alphas_cumprod", t => Math.Sqrt(1 - Bar(t))),
            ("log_one_minus_alphas_cumprod", t => Math.Log(1 - Bar(t))),
            ("sqrt_recip_alphas_cumprod", t => Math.Sqrt(1 / Bar(t))),
            ("sqrt_recipm1_alphas_cumprod", t => Math.Sqrt((1 / Bar(t)) - 1)),
            ("posterior_variance", Variance),
            ("posterior_log_variance_clipped", t => Math.Log(Math.Max(Variance(t), 1e-20))),
            ("posterior_mean_coef1", t => (1 - Alpha(t)) * Math.Sqrt(Bar(t - 1)) / (1 - Bar(t))),
            ("posterior_mean_coef2", t => (1 - Bar(t - 1)) * Math.Sqrt(Alpha(t)) / (1 - Bar(t))),
        ];
        foreach (var (key, value) in buffers)
            yield return (key, tensor(Enumerable.Range(0, config.Timesteps).Select(t => (float)value(t)).ToArray()));
    }

    /// <summary>The projection into the space shared with images, the identity here, and OpenCLIP's initial temperature.</summary>
    /// <param name="width">The text tower's.</param>
    public static IEnumerable<(string Key, Tensor Value)> Text(long width) =>
    [
        ("cond_stage_model.model.text_projection", eye(width)),
        ("cond_stage_model.model.logit_scale", tensor((float)Math.Log(1 / 0.07))),
    ];
}
