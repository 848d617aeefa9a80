using TorchSharp;

namespace FaasPS.Engine.Skipping;

/// <summary>Static mode: what a policy always skips is skipped at every step, everything else runs.</summary>
public sealed class StaticTreatments : ITreatments
{
    private readonly Decision[][] decisions; // [network][unit]

    /// <param name="policy">The policy.</param>
    /// <param name="units">All units of the model.</param>
    /// <exception cref="PolicyException">The policy does not fit the units.</exception>
    public StaticTreatments(SkipPolicy policy, IEnumerable<Unit> units)
    {
        var table = new PolicyTable(policy, units);
        decisions = table.PerUnit(unit => Decide(table[unit]));
    }

    /// <inheritdoc/>
    public Decision Decide(Unit unit, int step) => decisions[(int)unit.Network][unit.Index];

    /// <inheritdoc/>
    public void Observe(Unit unit, int step, torch.Tensor input, torch.Tensor residual)
    {
    }

    /// <inheritdoc/>
    public torch.Tensor Recall(Unit unit) =>
        throw new InvalidOperationException($"A static policy reuses nothing, yet {unit} asked for a residual.");

    private static Decision Decide(Verdict? verdict) => verdict switch
    {
        Verdict.AlwaysSkip => new(Treatment.Skip, "policy"),
        Verdict.AlwaysRun => new(Treatment.Run, "policy"),
        Verdict.DynamicDecision => new(Treatment.Run, "not probed"),
        _ => new(Treatment.Run, "not named"),
    };
}
