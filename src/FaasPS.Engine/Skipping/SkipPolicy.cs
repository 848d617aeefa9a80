namespace FaasPS.Engine.Skipping;

/// <summary>What a policy says of a unit.</summary>
public enum Verdict
{
    /// <summary>It runs at every step: <c>ALWAYS_RUN</c> in policy files.</summary>
    AlwaysRun,

    /// <summary>It never runs: <c>ALWAYS_SKIP</c>.</summary>
    AlwaysSkip,

    /// <summary>A probe decides while the run goes, and without one it runs: <c>DYNAMIC_DECISION</c>.</summary>
    DynamicDecision,
}

/// <summary>What a policy was measured to give.</summary>
/// <param name="Tolerance">Adaptive mode's tolerance; 0: what is always skipped was skipped, and the rest ran.</param>
/// <param name="MacsSaved">The share of the full run's multiply-accumulates that was saved, 0 to 1.</param>
/// <param name="Psnr">The pictures' mean PSNR against the full run's, in dB.</param>
public sealed record FidelityPoint(double Tolerance, double MacsSaved, double Psnr);

/// <summary>Which units of a model may be left out, for one band. Units it does not name run.</summary>
/// <param name="Name">Its name, by which users ask for it.</param>
/// <param name="Band">The band it was made for; none: any.</param>
/// <param name="Model">The model it was made for; none: any that has its units.</param>
/// <param name="ControlModel">Verdicts for FreqControlNet's units, by layer name, in the file's order.</param>
/// <param name="DiffusionModel">Verdicts for the U-Net's units, likewise.</param>
public sealed record SkipPolicy(
    string Name,
    ControlBand? Band,
    string? Model,
    IReadOnlyList<KeyValuePair<string, Verdict>> ControlModel,
    IReadOnlyList<KeyValuePair<string, Verdict>> DiffusionModel)
{
    /// <summary>What made it, in words; none: nobody says.</summary>
    public string? Origin { get; init; }

    /// <summary>The share of a step's multiply-accumulates that its ALWAYS_SKIP units are, 0 to 1; none: not told.</summary>
    public double? MacsSkippable { get; init; }

    /// <summary>
    /// Adaptive mode's tolerance, above 0: how much of a dynamic unit's output may have changed, by the probe's estimate, before the unit
    /// is computed anew; none: <see cref="AdaptiveTreatments.DefaultTolerance"/>.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>
    /// Units whose tolerance is another, as a multiple of the policy's; by name with the network's: <c>control_model.middle_block.1</c>.
    /// </summary>
    public IReadOnlyDictionary<string, double> UnitTolerances { get; init; } = new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>What adaptive mode was measured to give at several tolerances, the static mode at 0; empty: never measured.</summary>
    public IReadOnlyList<FidelityPoint> Fidelity { get; init; } = [];

    /// <summary>For models without a policy: every unit is decided about while the run goes.</summary>
    /// <param name="units">All units of the model.</param>
    public static SkipPolicy AllDynamic(IEnumerable<Unit> units)
    {
        var sections = units.ToLookup(unit => unit.Network, unit => KeyValuePair.Create(unit.Layer, Verdict.DynamicDecision));
        return new SkipPolicy("all dynamic", Band: null, Model: null, [.. sections[Network.Control]], [.. sections[Network.Diffusion]]);
    }

    /// <summary>Itself, when it is for a band and model.</summary>
    /// <param name="band">The run's band.</param>
    /// <param name="model">The run's model, by name; none: not checked.</param>
    /// <exception cref="PolicyException">It was made for another.</exception>
    public SkipPolicy For(ControlBand band, string? model = null)
    {
        if (Band is { } own && own != band)
        {
            throw new PolicyException(
                $"The policy '{Name}' is for {own.Name()}, and the run's band is {band.Name()}. Take one for that band.");
        }
        if (Model is not null && model is not null && !string.Equals(Model, model, StringComparison.OrdinalIgnoreCase))
        {
            throw new PolicyException(
                $"The policy '{Name}' is for the model '{Model}', and the run's is '{model}'. Take one for that model.");
        }
        return this;
    }
}
