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
    public const double DefaultTolerance = 0.05;

    /// <summary>
    /// The longest reuse, in steps: a drift that was measured in a calm phase says nothing of the next one, and layers whose residuals are of
    /// one age fit together. On two pictures of an earlier demo model, eta 0, 2 saves 48 % at 44 dB and 56 % at 44 dB, 3 saves 50 % at 44 dB
    /// and 63 % at 40 dB; 8, on those and a third, 52 % at 39 dB.
    /// </summary>
    private const int LongestReuse = 2;

    private static readonly Decision First = new(Treatment.Run, "first");

    private readonly StaticTreatments others;
    private readonly State?[][] dynamic; // [network][unit]
    private readonly List<Probe> pending = [];
    private float[] inputs = [];

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
        ReadPending();
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
        var (steps, pictures) = (step - state.Step, (int)residual.shape[0]);
        if (residual.device_type == DeviceType.CPU)
        {
            ElementSample.Read(input, ref inputs);
            ElementSample.Read(residual, ref state.Next());
            state.Measure(steps, pictures, inputs);
        }
        else
        {
            pending.Add(new Probe(state, steps, pictures, ElementSample.Take(input), ElementSample.Take(residual)));
        }
        state.Residual?.Dispose();
        state.Residual = residual.alias().DetachFromDisposeScope();
        state.Step = step;
    }

    /// <inheritdoc/>
    public Tensor Recall(Unit unit) => dynamic[(int)unit.Network][unit.Index]!.Residual!;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in dynamic.SelectMany(network => network)) state?.Residual?.Dispose();
        foreach (var probe in pending) probe.Dispose();
        pending.Clear();
    }

    /// <summary>Reads what the last step sampled on another device: the only time that a step waits for it.</summary>
    private void ReadPending()
    {
        if (pending.Count == 0) return;
        using var scope = NewDisposeScope();
        var samples = pending.SelectMany(probe => new[] { probe.Inputs, probe.Residuals }).ToArray();
        ReadOnlySpan<float> values = cat(samples).cpu().data<float>().ToArray();
        foreach (var probe in pending)
        {
            var (length, residuals) = ((int)probe.Inputs.numel(), (int)probe.Residuals.numel());
            probe.State.Next() = values.Slice(length, residuals).ToArray();
            probe.State.Measure(probe.Steps, probe.Pictures, values[..length]);
            values = values[(length + residuals)..];
            probe.Dispose();
        }
        pending.Clear();
    }

    /// <summary>A dynamic unit: its last residual, when that was, samples of the last two, and its drift a step.</summary>
    private sealed class State(double tolerance)
    {
        private float[] before = [];
        private float[] now = [];

        public double Tolerance => tolerance;

        public Tensor? Residual { get; set; }

        public int Step { get; set; }

        public double? Drift { get; private set; }

        /// <summary>Where the next residual's sample goes; the last one's is kept for comparison.</summary>
        public ref float[] Next()
        {
            (before, now) = (now, before);
            return ref now;
        }

        /// <summary>Compares the last two samples, if there are two.</summary>
        public void Measure(int steps, int pictures, ReadOnlySpan<float> inputs)
        {
            if (before.Length != now.Length) return;
            Drift = 0;
            var (length, inputLength) = (now.Length / pictures, inputs.Length / pictures);
            for (var n = 0; n < pictures; n++)
            {
                var (change, output) = (0.0, 0.0);
                for (var i = n * length; i < (n + 1) * length; i++)
                {
                    change += Square(now[i] - before[i]);
                    output += Square(now[i]);
                }
                var input = 0.0;
                foreach (var x in inputs.Slice(n * inputLength, inputLength)) input += Square(x);
                var drift = Math.Sqrt(change / length) / (Math.Sqrt(input / inputLength) + Math.Sqrt(output / length)) / steps;
                // Pictures of a batch share their decisions: the one that changes most decides; NaN stays.
                Drift = Math.Max(Drift.Value, drift);
            }
        }

        private static double Square(double x) => x * x;
    }

    /// <summary>A sample on another device that is not read yet, of the input and of the residual.</summary>
    private sealed record Probe(State State, int Steps, int Pictures, Tensor Inputs, Tensor Residuals) : IDisposable
    {
        public void Dispose()
        {
            Inputs.Dispose();
            Residuals.Dispose();
        }
    }
}
