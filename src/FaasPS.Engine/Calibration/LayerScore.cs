using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Calibration;

/// <summary>What a layer's score measures.</summary>
public enum ScoreKind
{
    /// <summary>
    /// FAAS's own: for the control branch the energy of the signals that a block gives the U-Net, for the U-Net the energy of a unit's
    /// output within the band. High scores are to be kept.
    /// </summary>
    Energy,

    /// <summary>How much the predicted noise changes, relative to its norm, when the unit alone is skipped.</summary>
    Ablation,
}

/// <summary>How much a unit matters, for one band.</summary>
/// <param name="Model">The model's name; none: not told.</param>
/// <param name="Network">The unit's network.</param>
/// <param name="Layer">The unit's name, such as <c>input_blocks.4.1</c>.</param>
/// <param name="Band">The band.</param>
/// <param name="Kind">What was measured.</param>
/// <param name="Score">The mean over samples and timesteps.</param>
/// <param name="StdDev">The population's standard deviation over samples and timesteps; 0 for a single measurement.</param>
/// <param name="NormalizedScore">
/// The score in standard deviations from the mean of its network's scores. Control branch by energy: of its blocks, the critical ones,
/// which have none, left out.
/// </param>
/// <param name="Samples">The pairs of picture and prompt it was measured on.</param>
/// <param name="Macs">Multiply-accumulates that skipping the unit saves, one sample, one step.</param>
/// <param name="MacsShare">The same as a share of the whole step, 0 to 1.</param>
public sealed record LayerScore(
    string? Model, Network Network, string Layer, ControlBand Band, ScoreKind Kind, double Score, double StdDev, double? NormalizedScore,
    int Samples, long Macs, double MacsShare);
