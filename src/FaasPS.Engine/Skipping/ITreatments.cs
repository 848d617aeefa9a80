using TorchSharp;

namespace FaasPS.Engine.Skipping;

/// <summary>What a step does with a unit.</summary>
public enum Treatment
{
    /// <summary>Compute the residual.</summary>
    Run,

    /// <summary>Take the residual as zero.</summary>
    Skip,

    /// <summary>Take the residual of an earlier step.</summary>
    Reuse,
}

/// <summary>One cell of the table steps x units.</summary>
/// <param name="Treatment">What to do.</param>
/// <param name="Reason">Why, in a word or two, for the trace.</param>
/// <param name="Probe">The measured value that decided it, if one did.</param>
public readonly record struct Decision(Treatment Treatment, string Reason, double? Probe = null);

/// <summary>How far a step goes (DeepCache, Ma et al. 2024, section 3.2).</summary>
/// <param name="Branch">
/// b: the skip connection, counted from input block 0, at which the deep part of the U-Net is kept or comes back; none: no caching.
/// </param>
/// <param name="Retrieves">
/// Whether the deep part comes from the last step that kept it: only input blocks 0..b and the output blocks that take their outputs run.
/// </param>
public readonly record struct StepPlan(int? Branch = null, bool Retrieves = false)
{
    /// <summary>The last input block that runs, of either network.</summary>
    internal int LastInputBlock => Retrieves ? Branch!.Value : int.MaxValue;
}

/// <summary>
/// Fills the table steps x units of one run. A policy, a probe, a cache schedule are implementations; the networks know only this.
/// </summary>
public interface ITreatments
{
    /// <summary>Asked before the units of a step: how far it goes.</summary>
    /// <param name="step">The sampling step, 0..S-1.</param>
    /// <param name="x">The noisy latents, [N, 4, H, W].</param>
    StepPlan Begin(int step, torch.Tensor x) => default;

    /// <summary>Asked once for each unit that a step reaches, in the order they run.</summary>
    /// <param name="unit">The unit about to run.</param>
    /// <param name="step">The sampling step, 0..S-1.</param>
    Decision Decide(Unit unit, int step);

    /// <summary>Told of a unit that a step does not reach, because the deep part is retrieved.</summary>
    void Pass(Unit unit, int step)
    {
    }

    /// <summary>Told what a unit computed, after <see cref="Treatment.Run"/>. Whoever wants to keep a tensor takes an alias.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="step">The sampling step.</param>
    /// <param name="input">x, [N, C, H, W].</param>
    /// <param name="residual">residual(x), [N, C', H, W].</param>
    void Observe(Unit unit, int step, torch.Tensor input, torch.Tensor residual);

    /// <summary>The residual to use after <see cref="Treatment.Reuse"/>, [N, C', H, W]; it stays the implementation's own.</summary>
    torch.Tensor Recall(Unit unit);
}
