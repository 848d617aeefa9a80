using FaasPS.Engine.Frequency;
using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Calibration;

/// <summary>How layers are scored. With <see cref="Reference"/> as the reference scores them.</summary>
public sealed record ScoringOptions
{
    /// <summary>FAAS's settings: its mask, and no output blocks.</summary>
    public static ScoringOptions Reference { get; } = new() { Mask = RadialOrigin.Centre, OutputBlocks = false };

    /// <summary>What is measured.</summary>
    public ScoreKind Kind { get; init; }

    /// <summary>The bands to score for; all in one pass over the samples.</summary>
    public IReadOnlyList<ControlBand> Bands { get; init; } = ControlBands.All;

    /// <summary>The network to score; none: both.</summary>
    public Network? Network { get; init; }

    /// <summary>Whether the U-Net's output blocks are scored too.</summary>
    public bool OutputBlocks { get; init; } = true;

    /// <summary>The names of the layers to score, in whichever network; none: all. Normalised scores compare these with one another.</summary>
    public IReadOnlyCollection<string>? Layers { get; init; }

    /// <summary>The timesteps to measure at.</summary>
    public IReadOnlyList<int> Timesteps { get; init; } = [100, 500, 900];

    /// <summary>
    /// Whether energies are of latents noised as at each timestep of a run; the reference scores the clean latent. Ablation always is: what
    /// the networks predict from a clean latent at a late timestep means nothing.
    /// </summary>
    public bool NoisedLatents { get; init; }

    /// <summary>Where the mask of the U-Net's energy has its origin.</summary>
    public RadialOrigin Mask { get; init; }

    internal bool Includes(Unit unit) =>
        (Network is null || unit.Network == Network)
        && (OutputBlocks || !unit.Layer.StartsWith("output_blocks", StringComparison.Ordinal))
        && (Layers is null || Layers.Contains(unit.Layer, StringComparer.Ordinal));

    internal void Validate(int timesteps)
    {
        Require(Bands.Count > 0, nameof(Bands), "is empty", $"some of {ControlBands.Valid}");
        Require(Bands.Distinct().Count() == Bands.Count, nameof(Bands), "names a band twice", "different bands");
        Require(Timesteps.Count > 0, nameof(Timesteps), "is empty", "timesteps such as 100, 500, 900");
        foreach (var t in Timesteps)
        {
            Require(
                t >= 0 && t < timesteps, nameof(Timesteps), FormattableString.Invariant($"has {t}"),
                FormattableString.Invariant($"whole numbers from 0 to {timesteps - 1}"));
        }
    }

    private static void Require(bool holds, string name, string fault, string range)
    {
        if (!holds) throw new ArgumentException($"{name} {fault}; it must be {range}.", name);
    }
}
