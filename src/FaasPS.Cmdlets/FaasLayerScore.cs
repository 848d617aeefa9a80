using FaasPS.Engine;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>How much a layer matters for one band. Tables and JSON of it can be piped to New-FaasPolicy again.</summary>
public sealed class FaasLayerScore
{
    /// <summary>The model's name.</summary>
    public string? Model { get; init; }

    /// <summary>The network the layer belongs to.</summary>
    public Network Network { get; init; }

    /// <summary>The layer's name, as in policies.</summary>
    public string Layer { get; init; } = "";

    /// <summary>The band it was scored for.</summary>
    public string Band { get; init; } = "";

    /// <summary>What was measured.</summary>
    public ScoreKind Kind { get; init; }

    /// <summary>The mean over pairs and timesteps.</summary>
    public double Score { get; init; }

    /// <summary>The standard deviation over pairs and timesteps.</summary>
    public double StdDev { get; init; }

    /// <summary>The score in standard deviations from its network's mean; none for the control branch's critical blocks.</summary>
    public double? NormalizedScore { get; init; }

    /// <summary>The pairs of picture and prompt it was measured on.</summary>
    public int Samples { get; init; }

    /// <summary>Multiply-accumulates that skipping it saves, one picture, one step.</summary>
    public long Macs { get; init; }

    /// <summary>The same as a share of the whole step, 0 to 1.</summary>
    public double MacsShare { get; init; }

    internal static FaasLayerScore From(LayerScore score) => new()
    {
        Model = score.Model,
        Network = score.Network,
        Layer = score.Layer,
        Band = score.Band.Name(),
        Kind = score.Kind,
        Score = score.Score,
        StdDev = score.StdDev,
        NormalizedScore = score.NormalizedScore,
        Samples = score.Samples,
        Macs = score.Macs,
        MacsShare = score.MacsShare,
    };

    /// <exception cref="PolicyException">The band is none.</exception>
    internal LayerScore ToEngine() => ControlBands.TryParse(Band, out var band)
        ? new(Model, Network, Layer, band, Kind, Score, StdDev, NormalizedScore, Samples, Macs, MacsShare)
        : throw new PolicyException(
            $"The score of '{Layer}' has the band '{Band}', which is none of {string.Join(", ", ControlBands.All.Select(b => b.Name()))}.");
}
