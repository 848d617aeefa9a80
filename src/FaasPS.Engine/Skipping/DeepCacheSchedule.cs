using System.Numerics;

namespace FaasPS.Engine.Skipping;

/// <summary>Which steps of a run go all the way.</summary>
public static class DeepCacheSchedule
{
    /// <summary>The plan of each step.</summary>
    /// <param name="options">Interval, start, branch and spacing.</param>
    /// <param name="timesteps">Those of the run in the order of its steps, descending.</param>
    public static StepPlan[] Plan(DeepCacheOptions options, IReadOnlyList<int> timesteps)
    {
        var first = timesteps.TakeWhile(timestep => timestep > (options.Start ?? int.MaxValue)).Count();
        var cached = timesteps.Count - first;
        var keys = options.Spacing == DeepCacheSpacing.Uniform
            ? [.. Enumerable.Range(0, cached).Where(step => step % options.Interval == 0)]
            : Quadratic(cached, options.Interval, options.Center ?? cached / 4, options.Power);
        var whole = Enumerable.Range(0, timesteps.Count).Select(step => step < first || keys.Contains(step - first)).ToArray();

        // A deep part that no step after it retrieves need not be kept.
        return [.. whole.Select((isWhole, step) => isWhole
            ? new StepPlan(step + 1 < whole.Length && !whole[step + 1] ? options.Branch : null)
            : new StepPlan(options.Branch, Retrieves: true))];
    }

    /// <summary>
    /// ceil(T/N) steps of T, dense around c, the paper's non-uniform strategy as its code computes it: z goes in a straight line from
    /// (-c)^(1/p) to (T-c)^(1/p), principal values, and the steps are the whole parts of Re z^p, plus c; p is lowered until none falls
    /// on another. Where no p above 1 does that, the steps are even.
    /// </summary>
    private static HashSet<int> Quadratic(int total, int interval, int center, double power)
    {
        var count = (total + interval - 1) / interval;
        for (var p = power; p > 1; p -= 0.02)
        {
            var (from, to) = (Complex.Pow(-center, 1 / p), Complex.Pow(total - center, 1 / p));
            var steps = Enumerable.Range(1, Math.Max(count - 1, 0))
                .Select(i => center + (int)Complex.Pow(from + ((to - from) * i / count), p).Real)
                .Where(step => step > 0 && step < total).Prepend(0).ToHashSet();
            if (steps.Count == count) return steps;
        }
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * total / count))];
    }
}
