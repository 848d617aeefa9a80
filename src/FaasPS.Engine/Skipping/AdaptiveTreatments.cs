using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Skipping;

/// <summary>
/// Adaptive mode: what a policy always skips is skipped; a dynamic unit's residual is reused for as long as the probe expects the unit's
/// output to have changed by less than a tolerance. The probe is the unit's own drift: how much its residual changed a step between its
/// last two runs, against its output. Reuse is FRDiff's (So et al. 2024); the drift decides how long, unit by unit and run by run.
/// </summary>
public sealed class AdaptiveTreatments : ITreatments, IDisposable
{
    /// <summary>The tolerance of policies that name none.</summary>
    public const double DefaultTolerance = 0.02;

    /// <summary>
    /// The longest reuse, in steps: a drift that was measured in a calm phase says nothing of the next one, and layers whose residuals are of
    /// one age fit together. On two pictures of the demo model, eta 0, 2 saves 48 % at 44 dB and 56 % at 44 dB, 3 saves 50 % at 44 dB and 63 % at
    /// 40 dB; 8, on those and a third, 52 % at 39 dB.
    /// </summary>
    private const int LongestReuse = 2;

    /// <summary>One channel in so many is probed.</summary>
    private const int ChannelStride = 4;

    private static readonly Decision First = new(Treatment.Run, "first");

    private readonly StaticTreatments others;
    private readonly State?[][] dynamic; // [network][unit]
    private readonly List<Probe> probes = [];

    /// <param name="policy">The policy.</param>
    /// <param name="units">All units of the model.</param>
    /// <param name="tolerance">Overrides the policy's; 0 reuses nothing.</param>
    /// <exception cref="PolicyException">The policy does not fit the units.</exception>
    public AdaptiveTreatments(SkipPolicy policy, IEnumerable<Unit> units, double? tolerance = null)
    {
        var table = new PolicyTable(policy, units);
        if (policy.UnitTolerances.Keys.Except(table.Units.Select(unit => unit.ToString()), StringComparer.Ordinal).ToArray()
            is { Length: > 0 } unknown)
        {
            throw new PolicyException(
                $"The policy '{policy.Name}' has tolerances for units that the model does not have: {string.Join(", ", unknown)}.");
        }
        var common = tolerance ?? policy.Tolerance ?? DefaultTolerance;
        others = new StaticTreatments(policy, table.Units);
        dynamic = table.PerUnit(unit => table[unit] == Verdict.DynamicDecision
            ? new State(common * policy.UnitTolerances.GetValueOrDefault(unit.ToString(), 1))
            : null);
    }

    /// <inheritdoc/>
    public StepPlan Begin(int step, Tensor x)
    {
        ReadProbes();
        return default;
    }

    /// <inheritdoc/>
    public Decision Decide(Unit unit, int step)
    {
        if (dynamic[(int)unit.Network][unit.Index] is not { } state) return others.Decide(unit, step);
        if (state.Residual is null || state.Drift is not { } drift) return First;
        var age = step - state.Step;
        var change = drift * age;
        return change > state.Tolerance || !double.IsFinite(change) ? new(Treatment.Run, "changed", change)
            : age > LongestReuse ? new(Treatment.Run, "due", change)
            : new(Treatment.Reuse, "stable", change);
    }

    /// <inheritdoc/>
    public void Observe(Unit unit, int step, Tensor input, Tensor residual)
    {
        if (dynamic[(int)unit.Network][unit.Index] is not { } state) return;
        if (state.Residual is { } last)
        {
            using var scope = NewDisposeScope();
            var (x, r) = (Sample(input), Sample(residual)); // [N, C/4, H, W]
            probes.Add(new Probe(state, step - state.Step, [Norms(r - Sample(last)), Norms(x), Norms(r)], x[0].numel(), r[0].numel()));
            last.Dispose();
        }
        state.Residual = residual.alias().DetachFromDisposeScope();
        state.Step = step;
    }

    /// <inheritdoc/>
    public Tensor Recall(Unit unit) => dynamic[(int)unit.Network][unit.Index]!.Residual!;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in dynamic.SelectMany(network => network)) state?.Residual?.Dispose();
        foreach (var norms in probes.SelectMany(probe => probe.Norms)) norms.Dispose();
        probes.Clear();
    }

    private static Tensor Sample(Tensor x) => x.slice(1, 0, x.shape[1], ChannelStride);

    /// <summary>The Euclidean norm of each sample, [N], float32.</summary>
    private static Tensor Norms(Tensor x) => x.flatten(1).to(float32).norm(1).DetachFromDisposeScope();

    /// <summary>Reads what the last step measured: the only time that a step waits for the device.</summary>
    private void ReadProbes()
    {
        if (probes.Count == 0) return;
        using var scope = NewDisposeScope();
        var norms = stack(probes.SelectMany(probe => probe.Norms)).cpu(); // [3 probes, N]
        var samples = (int)norms.shape[1];
        var values = norms.data<float>().ToArray();
        for (var i = 0; i < probes.Count; i++)
        {
            var probe = probes[i];
            double Rms(int norm, int sample, long elements) => values[(((3 * i) + norm) * samples) + sample] / Math.Sqrt(elements);
            // Pictures of a batch share their decisions: the one that changes most decides.
            probe.State.Drift = Enumerable.Range(0, samples).Max(n =>
                Rms(0, n, probe.Outputs) / (Rms(1, n, probe.Inputs) + Rms(2, n, probe.Outputs))) / probe.Steps;
            foreach (var tensor in probe.Norms) tensor.Dispose();
        }
        probes.Clear();
    }

    /// <summary>A dynamic unit: its last residual, when that was, and its drift a step.</summary>
    private sealed class State(double tolerance)
    {
        public double Tolerance => tolerance;

        public Tensor? Residual { get; set; }

        public int Step { get; set; }

        public double? Drift { get; set; }
    }

    /// <summary>A measurement that is not read yet: norms of the residual's change, the input and the residual, [N] each.</summary>
    private sealed record Probe(State State, int Steps, Tensor[] Norms, long Inputs, long Outputs);
}
