using TorchSharp;

namespace FaasPS.Engine.Skipping;

/// <summary>
/// The reference's adaptive mode, for parity: dynamic units are skipped where the norm of the noisy latents is below 0.1, one measurement
/// in a hundred timesteps. Noise has a norm of about 128, so it never skips. Differs from the reference, where one network's verdict on
/// a layer decides for the other's layer of that name as well: here each network's verdict is its own.
/// </summary>
/// <param name="policy">The policy.</param>
/// <param name="units">All units of the model.</param>
/// <param name="timesteps">Those of the run in the order of its steps.</param>
/// <exception cref="PolicyException">The policy does not fit the units.</exception>
public sealed class ReferenceTreatments(SkipPolicy policy, IReadOnlyList<Unit> units, IReadOnlyList<int> timesteps) : ITreatments
{
    private const double Threshold = 0.1;

    private readonly PolicyTable table = new(policy, units);
    private readonly StaticTreatments others = new(policy, units);
    private (int Bucket, double Norm)? measured;

    /// <inheritdoc/>
    public StepPlan Begin(int step, torch.Tensor x)
    {
        var bucket = timesteps[step] / 100;
        if (measured?.Bucket == bucket) return default;
        using var scope = torch.NewDisposeScope();
        measured = (bucket, x.to(torch.float32).flatten(1).norm(1).max().item<float>());
        return default;
    }

    /// <inheritdoc/>
    public Decision Decide(Unit unit, int step)
    {
        if (table[unit] != Verdict.DynamicDecision) return others.Decide(unit, step);
        var norm = measured!.Value.Norm;
        return new(norm < Threshold ? Treatment.Skip : Treatment.Run, "latent norm", norm);
    }

    /// <inheritdoc/>
    public void Observe(Unit unit, int step, torch.Tensor input, torch.Tensor residual)
    {
    }

    /// <inheritdoc/>
    public torch.Tensor Recall(Unit unit) => others.Recall(unit);
}
