using TorchSharp;

namespace FaasPS.Engine.Skipping;

/// <summary>One executed cell of the table steps x units.</summary>
/// <param name="Step">The sampling step, 0..S-1.</param>
/// <param name="Timestep">The diffusion timestep, 0..999.</param>
/// <param name="Network">The network.</param>
/// <param name="Layer">The unit's name.</param>
/// <param name="Treatment">What was done.</param>
/// <param name="Reason">Why.</param>
/// <param name="Probe">The measured value that decided it, if one did.</param>
/// <param name="Macs">Multiply-accumulates that the treatment cost, the whole batch together.</param>
public sealed record TraceRow(int Step, int Timestep, Network Network, string Layer, Treatment Treatment, string Reason,
    double? Probe, long Macs);

/// <summary>Passes another's decisions on and writes them down: the trace is the table as it was executed.</summary>
/// <param name="inner">Who decides.</param>
/// <param name="timesteps">Those of the run in the order of its steps.</param>
/// <param name="fixedMacs">What a step of a network costs whatever is decided for its units.</param>
/// <param name="macs">What a unit's residual costs.</param>
public sealed class TraceRecorder(
    ITreatments inner, IReadOnlyList<int> timesteps, Func<Network, StepPlan, long> fixedMacs, Func<Unit, long> macs) : ITreatments
{
    private readonly List<TraceRow> rows = [];
    private readonly long[] spent = new long[2]; // by network

    /// <summary>The cells so far, in the order they ran.</summary>
    public IReadOnlyList<TraceRow> Rows => rows;

    /// <summary>Multiply-accumulates of the steps so far.</summary>
    public long Macs => spent.Sum();

    /// <summary>A network's part of them.</summary>
    public long MacsOf(Network network) => spent[(int)network];

    /// <inheritdoc/>
    public StepPlan Begin(int step, torch.Tensor x)
    {
        var plan = inner.Begin(step, x);
        foreach (var network in Enum.GetValues<Network>()) spent[(int)network] += fixedMacs(network, plan);
        return plan;
    }

    /// <inheritdoc/>
    public Decision Decide(Unit unit, int step)
    {
        var decision = inner.Decide(unit, step);
        var cost = decision.Treatment == Treatment.Run ? macs(unit) : 0;
        rows.Add(new TraceRow(step, timesteps[step], unit.Network, unit.Layer, decision.Treatment, decision.Reason, decision.Probe, cost));
        spent[(int)unit.Network] += cost;
        return decision;
    }

    /// <inheritdoc/>
    public void Pass(Unit unit, int step)
    {
        rows.Add(new TraceRow(step, timesteps[step], unit.Network, unit.Layer, Treatment.Reuse, "deepcache", Probe: null, Macs: 0));
        inner.Pass(unit, step);
    }

    /// <inheritdoc/>
    public void Observe(Unit unit, int step, torch.Tensor input, torch.Tensor residual) => inner.Observe(unit, step, input, residual);

    public torch.Tensor Recall(Unit unit) => inner.Recall(unit);
}
