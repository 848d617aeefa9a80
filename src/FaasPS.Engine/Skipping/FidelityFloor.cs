using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Skipping;

/// <summary>
/// Lets another filler leave out only as much as keeps the picture's PSNR to the full run above a floor, by an estimate. At a sample of
/// steps the whole networks run as well: that measures the error d of epsilon. In units of sigma, y = x / sqrt(alphaBar), a DDIM step
/// adds (sigma_t - sigma_s) epsilon, so that errors add up to at most sum |sigma_t - sigma_s| d in the final latents, were the networks
/// not to react to them; the decoder's gain, measured once, takes that to pixels. Steps leave something out while the budget would last
/// if all that remain erred like the last measured one. Of a batch, the worst picture counts.
/// </summary>
internal sealed class FidelityFloor : ITreatments
{
    private const int Checks = 6;
    private const int ShortestInterval = 4;

    /// <summary>The disturbance of the latents, against their own size, by which the decoder's gain is measured.</summary>
    private const double Disturbance = 0.1;

    private static readonly Decision Check = new(Treatment.Run, "check");
    private static readonly Decision Floor = new(Treatment.Run, "floor");

    private readonly ITreatments inner;
    private readonly double allowed;
    private readonly double[] sigmas;
    private readonly bool hopeless;
    private readonly Func<Tensor, Tensor> decode;
    private readonly int interval;
    private double? error;
    private double? gain;
    private double spent;
    private int checkedAt;
    private bool open;
    private bool checking;
    private bool leavesOut;

    /// <param name="inner">Who would leave things out.</param>
    /// <param name="psnr">The floor in dB, of pictures from 0 to 255.</param>
    /// <param name="sigmas">The noise levels of the run in the order of its steps, and the one at which it ends; S + 1.</param>
    /// <param name="hopeless">Whether calibration says that the floor cannot hold at all: everything runs.</param>
    /// <param name="decode">Latents [N, 4, H, W] to pictures from -1 to 1, float32.</param>
    public FidelityFloor(ITreatments inner, double psnr, double[] sigmas, bool hopeless, Func<Tensor, Tensor> decode)
    {
        (this.inner, this.sigmas, this.hopeless, this.decode) = (inner, sigmas, hopeless, decode);
        allowed = 2 * Math.Pow(10, -psnr / 20);
        interval = Math.Max(ShortestInterval, (sigmas.Length - 1) / Checks);
    }

    /// <summary>The estimate for the steps so far in dB; infinite while nothing was left out.</summary>
    public double Psnr => 20 * Math.Log10(2 / (spent * (gain ?? 0)));

    /// <inheritdoc/>
    public StepPlan Begin(int step, Tensor x)
    {
        if (checking) return default;
        var plan = inner.Begin(step, x);
        open = !hopeless && (spent + ((error ?? 0) * (sigmas[step] - sigmas[^1]))) * (gain ?? 0) <= allowed;
        leavesOut = open && plan.Retrieves;
        return open ? plan : plan with { Retrieves = false };
    }

    /// <inheritdoc/>
    public Decision Decide(Unit unit, int step)
    {
        if (checking) return Check;
        if (!open) return Floor;
        var decision = inner.Decide(unit, step);
        leavesOut |= decision.Treatment != Treatment.Run;
        return decision;
    }

    /// <inheritdoc/>
    public void Pass(Unit unit, int step) => inner.Pass(unit, step);

    /// <inheritdoc/>
    public void Observe(Unit unit, int step, Tensor input, Tensor residual)
    {
        if (!checking) inner.Observe(unit, step, input, residual);
    }

    /// <inheritdoc/>
    public Tensor Recall(Unit unit) => inner.Recall(unit);

    /// <summary>The noise with which a step goes on, after its networks ran.</summary>
    /// <param name="step">The step.</param>
    /// <param name="x">The noisy latents, [N, 4, H, W].</param>
    /// <param name="epsilon">What the networks gave, same shape.</param>
    /// <param name="predict">Runs them again, as a check.</param>
    public Tensor Settle(int step, Tensor x, Tensor epsilon, Func<Tensor> predict)
    {
        if (!leavesOut) return epsilon;
        if (error is { } known && step - checkedAt < interval)
        {
            spent += known * (sigmas[step] - sigmas[step + 1]);
            return epsilon;
        }
        checking = true;
        var whole = predict();
        checking = false;
        checkedAt = step;
        error = Rms(epsilon - whole).max().item<float>();
        if (gain is null && error > 0)
        {
            var x0 = (x * Math.Sqrt(1 + (sigmas[step] * sigmas[step]))) - (sigmas[step] * whole);
            gain = DecoderGain(x0, epsilon - whole);
        }
        return whole;
    }

    /// <summary>How much larger a disturbance of the latents is in the picture, root mean squares both.</summary>
    private double DecoderGain(Tensor x0, Tensor direction)
    {
        using var scope = NewDisposeScope();
        var size = Disturbance * Rms(x0); // [N, 1, 1, 1]
        var disturbed = decode(x0 + (direction / (Rms(direction) + 1e-12) * size));
        return (Rms(disturbed - decode(x0)) / size).max().item<float>();
    }

    private static Tensor Rms(Tensor x) => x.to(float32).square().mean([1, 2, 3], keepdim: true).sqrt(); // [N, 1, 1, 1]
}
