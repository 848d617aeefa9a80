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

    /// <summary>Itself, when it is for a band and model.</summary>
    /// <param name="band">The run's band.</param>
    /// <param name="model">The run's model, by name; none: not checked.</param>
    /// <exception cref="PolicyException">It was made for another.</exception>
    public SkipPolicy For(ControlBand band, string? model = null)
    {
        if (Band is { } own && own != band)
            throw new PolicyException($"The policy '{Name}' is for {own.Name()}, and the run's band is {band.Name()}. Take one for that band.");
        if (Model is not null && model is not null && !string.Equals(Model, model, StringComparison.OrdinalIgnoreCase))
            throw new PolicyException($"The policy '{Name}' is for the model '{Model}', and the run's is '{model}'. Take one for that model.");
        return this;
    }
}
