using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Fidelity;

/// <summary>
/// SSIM (Wang, Bovik, Sheikh and Simoncelli 2004, equation 13) with the paper's constants and window, where the window fits, at the
/// pictures' own scale. The same as scikit-image's with gaussian_weights, sigma 1.5 and no sample covariance.
/// </summary>
internal static class StructuralSimilarity
{
    /// <summary>The window's side; pictures must be at least this wide and high.</summary>
    public const int Window = 11;

    private const double Sigma = 1.5;
    private const double C1 = 0.01 * 255 * (0.01 * 255);
    private const double C2 = 0.03 * 255 * (0.03 * 255);

    /// <summary>The mean SSIM of two planes [H, W], float64, 0 to 255.</summary>
    public static double Of(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        var moments = Blur(stack([x, y, x * x, y * y, x * y])).unbind(0); // each [H - 10, W - 10]
        var (meanX, meanY) = (moments[0], moments[1]);
        var (meanXX, meanYY, meanXY) = (meanX * meanX, meanY * meanY, meanX * meanY);
        var (varX, varY, covariance) = (moments[2] - meanXX, moments[3] - meanYY, moments[4] - meanXY);
        var similarity = ((2 * meanXY) + C1) * ((2 * covariance) + C2) / ((meanXX + meanYY + C1) * (varX + varY + C2));
        return similarity.mean().item<double>();
    }

    /// <summary>The Gaussian window's mean about each pixel, [N, H, W] -> [N, H - 10, W - 10]; the window is separable.</summary>
    private static Tensor Blur(Tensor planes)
    {
        var weights = Enumerable.Range(0, Window).Select(i => Math.Exp(-Math.Pow(i - (Window / 2), 2) / (2 * Sigma * Sigma))).ToArray();
        var window = tensor(weights.Select(weight => weight / weights.Sum()).ToArray());
        var columns = F.conv2d(planes.unsqueeze(1), window.view(1, 1, Window, 1));
        return F.conv2d(columns, window.view(1, 1, 1, Window)).squeeze(1);
    }
}
