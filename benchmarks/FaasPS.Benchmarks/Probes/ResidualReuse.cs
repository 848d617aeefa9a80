using FaasPS.Engine.Skipping;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Probes;

/// <summary>Fillers that keep each unit's last residual, the rule left open: what the product's probe is compared with.</summary>
internal abstract class ResidualReuse : ITreatments, IDisposable
{
    private readonly Dictionary<Unit, Tensor> residuals = [];

    public virtual StepPlan Begin(int step, Tensor x) => default;

    public abstract Decision Decide(Unit unit, int step);

    public virtual void Observe(Unit unit, int step, Tensor input, Tensor residual)
    {
        if (residuals.Remove(unit, out var last)) last.Dispose();
        residuals[unit] = residual.alias().DetachFromDisposeScope();
    }

    public Tensor Recall(Unit unit) => residuals[unit];

    public virtual void Dispose()
    {
        foreach (var residual in residuals.Values) residual.Dispose();
    }
}

/// <summary>FRDiff's plain form: every unit runs at every N-th step, and its residual is reused between.</summary>
internal sealed class EveryNth(int interval) : ResidualReuse
{
    public override Decision Decide(Unit unit, int step) => new(step % interval == 0 ? Treatment.Run : Treatment.Reuse, "interval");
}

/// <summary>
/// Each unit runs at the first step of a bucket of 100 timesteps; if the norm of its residual against its input is below a threshold, its
/// residual is dropped, or reused, for the rest of the bucket.
/// </summary>
internal sealed class BucketNorm(IReadOnlyList<int> timesteps, double threshold, Treatment below) : ResidualReuse
{
    private readonly Dictionary<Unit, (int Bucket, bool Below)> decided = [];
    private readonly List<(Unit Unit, Tensor Ratio)> measured = [];

    public override StepPlan Begin(int step, Tensor x)
    {
        foreach (var (unit, ratio) in measured)
        {
            decided[unit] = (decided[unit].Bucket, ratio.item<float>() < threshold);
            ratio.Dispose();
        }
        measured.Clear();
        return default;
    }

    public override Decision Decide(Unit unit, int step)
    {
        var bucket = timesteps[step] / 100;
        if (decided.TryGetValue(unit, out var known) && known.Bucket == bucket) return new(known.Below ? below : Treatment.Run, "bucket");
        decided[unit] = (bucket, false);
        return new(Treatment.Run, "measured");
    }

    public override void Observe(Unit unit, int step, Tensor input, Tensor residual)
    {
        base.Observe(unit, step, input, residual);
        if (decided[unit].Below) return;
        using var scope = NewDisposeScope();
        measured.Add((unit, (residual.norm() / input.norm()).DetachFromDisposeScope()));
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var (_, ratio) in measured) ratio.Dispose();
    }
}
