namespace FaasPS.Engine.Fidelity;

/// <summary>How near a picture is to its reference, commonly the same run with everything computed.</summary>
/// <param name="Psnr">Peak signal-to-noise ratio of the RGB bytes in dB; infinite where they are equal.</param>
/// <param name="Ssim">Structural similarity of the luma, -1 to 1; 1 where they are equal.</param>
/// <param name="EnergyKept">
/// The picture's energy in each DCT band over the reference's: 1 keeps it, below loses, above adds. Of the latents where a model encoded
/// the pictures, else of the luma.
/// </param>
/// <param name="LatentCosine">The cosine between the latents, -1 to 1; none where no model encoded the pictures.</param>
public sealed record FidelityReport(
    double Psnr, double Ssim, IReadOnlyDictionary<ControlBand, double> EnergyKept, double? LatentCosine);
