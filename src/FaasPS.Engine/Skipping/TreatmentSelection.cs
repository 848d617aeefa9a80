namespace FaasPS.Engine.Skipping;

/// <summary>Who fills the table steps x units of a run, by its options.</summary>
internal static class TreatmentSelection
{
    /// <param name="options">Mode, policy, probe, DeepCache and floor.</param>
    /// <param name="units">All units of the model.</param>
    /// <param name="timesteps">Those of the run in the order of its steps.</param>
    /// <exception cref="PolicyException">The policy is another model's or another band's.</exception>
    public static ITreatments Select(TranslationOptions options, IReadOnlyList<Unit> units, IReadOnlyList<int> timesteps)
    {
        var policy = options.Policy?.For(options.Band) ?? (options.Mode == TranslationMode.Adaptive ? SkipPolicy.AllDynamic(units) : null);
        ITreatments treatments = (options.Mode, options.Probe) switch
        {
            (TranslationMode.Full, _) => new RunEverything(),
            (TranslationMode.Static, _) => new StaticTreatments(policy!, units),
            (_, AdaptiveProbe.LatentNorm) => new ReferenceTreatments(policy!, units, timesteps),
            _ => new AdaptiveTreatments(policy!, units, Tolerance(options)),
        };
        return options.DeepCache is { } cache
            ? new DeepCacheTreatments(treatments, DeepCacheSchedule.Plan(cache, timesteps))
            : treatments;
    }

    /// <summary>Whether the policy was measured to fall below the floor by what it always skips alone.</summary>
    public static bool FloorCannotHold(TranslationOptions options) =>
        options.Mode != TranslationMode.Full && options is { MinFidelity: { } floor, Policy.Fidelity: { } measured }
        && measured.Any(point => point.Tolerance == 0 && point.Psnr < floor);

    /// <summary>
    /// What was asked for; else, under a floor, the largest that the policy was measured to keep above it, straight lines between the
    /// measurements; else none, which is the policy's own.
    /// </summary>
    public static double? Tolerance(TranslationOptions options)
    {
        if (options.Tolerance is not null || options.MinFidelity is not { } floor) return options.Tolerance;
        if (options.Policy?.Fidelity is not { Count: > 0 } measured) return null;
        var points = measured.OrderBy(point => point.Tolerance).ToArray();
        var failing = Array.FindIndex(points, point => point.Psnr < floor);
        if (failing < 0) return points[^1].Tolerance;
        if (failing == 0) return 0;
        var (last, next) = (points[failing - 1], points[failing]);
        return last.Tolerance + ((next.Tolerance - last.Tolerance) * (last.Psnr - floor) / (last.Psnr - next.Psnr));
    }
}
