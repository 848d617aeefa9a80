using FaasPS.Engine;
using FaasPS.Engine.Fidelity;

namespace FaasPS.Cmdlets;

/// <summary>How near a picture is to its reference.</summary>
public sealed class FaasFidelity
{
    private readonly FidelityReport report;

    internal FaasFidelity(string path, string? referencePath, FidelityReport report) =>
        (Path, ReferencePath, this.report) = (path, referencePath, report);

    /// <summary>The picture's file name.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The picture.</summary>
    public string Path { get; }

    /// <summary>What it was compared with; none for the full run of -Baseline, which is not kept.</summary>
    public string? ReferencePath { get; }

    /// <summary>Peak signal-to-noise ratio in dB; infinite where the pictures are equal.</summary>
    public double Psnr => report.Psnr;

    /// <summary>Structural similarity, -1 to 1; 1 where they are equal.</summary>
    public double Ssim => report.Ssim;

    /// <summary>The cosine between the latents, -1 to 1; none where the model's encoder does not take the size.</summary>
    public double? LatentCosine => report.LatentCosine;

    /// <summary>The share of the reference's energy in mini_pass's band: of the latents, or of the luma where there are none.</summary>
    public double MiniPassEnergy => report.EnergyKept[ControlBand.MiniPass];

    /// <summary>The share of the reference's energy in low_pass's band.</summary>
    public double LowPassEnergy => report.EnergyKept[ControlBand.LowPass];

    /// <summary>The share of the reference's energy in mid_pass's band.</summary>
    public double MidPassEnergy => report.EnergyKept[ControlBand.MidPass];

    /// <summary>The share of the reference's energy in high_pass's band.</summary>
    public double HighPassEnergy => report.EnergyKept[ControlBand.HighPass];

    /// <summary>In a table's cell: both measures.</summary>
    public override string ToString() => FormattableString.Invariant($"PSNR {Psnr:f1} dB, SSIM {Ssim:f3}");
}
