using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Fidelity;

/// <summary>Measures how far a picture is from its reference. Deterministic.</summary>
public static class FidelityMeasure
{
    /// <summary>Compares pictures as they are; the bands are those of the luma.</summary>
    /// <param name="picture">What is judged.</param>
    /// <param name="reference">What it should be.</param>
    /// <exception cref="FidelityException">The sizes differ, or a side is below SSIM's window of 11 pixels.</exception>
    public static FidelityReport Compare(RgbImage picture, RgbImage reference)
    {
        CheckSizes(picture, reference);
        NativeRuntime.Load();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var (x, y) = (Luma(picture), Luma(reference));
        return new FidelityReport(Psnr(picture, reference), StructuralSimilarity.Of(x, y), EnergyKept(x, y), LatentCosine: null);
    }

    /// <summary>
    /// Compares pictures and the latents that a model's encoder makes of them; the bands are then those of the latents, which steer a
    /// translation. Pictures whose sides the encoder does not take are compared as they are.
    /// </summary>
    /// <param name="picture">What is judged.</param>
    /// <param name="reference">What it should be.</param>
    /// <param name="model">The model whose latents are compared.</param>
    /// <exception cref="FidelityException">The sizes differ, or a side is below SSIM's window of 11 pixels.</exception>
    public static FidelityReport Compare(RgbImage picture, RgbImage reference, FcDiffusionModel model)
    {
        var report = Compare(picture, reference);
        var multiple = model.Autoencoder.Layers.Downsampling;
        if (picture.Width % multiple != 0 || picture.Height % multiple != 0) return report;
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var pair = cat([ImageTensor.FromImage(picture), ImageTensor.FromImage(reference)]).to(model.DType, model.Device);
        var latents = model.Autoencoder.Encode(pair).cpu().to(float64); // [2, 4, H/8, W/8]
        var (z, z0) = (latents[0], latents[1]);
        var cosine = ((z * z0).sum() / (z.square().sum() * z0.square().sum()).sqrt()).item<double>();
        return report with { EnergyKept = EnergyKept(z, z0), LatentCosine = cosine };
    }

    /// <summary>10 log10(255^2 / MSE) over all bytes.</summary>
    private static double Psnr(RgbImage picture, RgbImage reference)
    {
        var x = picture.Pixels;
        var y = reference.Pixels;
        double squares = 0;
        for (var i = 0; i < x.Length; i++) squares += (x[i] - y[i]) * (x[i] - y[i]);
        return 10 * Math.Log10(255.0 * 255.0 * x.Length / squares);
    }

    /// <summary>ITU-R BT.601 luma, [H, W], float64, 0 to 255.</summary>
    private static Tensor Luma(RgbImage image)
    {
        var pixels = image.Pixels;
        var luma = new double[image.Width * image.Height];
        for (int i = 0, from = 0; i < luma.Length; i++, from += 3)
            luma[i] = (0.299 * pixels[from]) + (0.587 * pixels[from + 1]) + (0.114 * pixels[from + 2]);
        return tensor(luma, [image.Height, image.Width]);
    }

    /// <summary>Sums of squared DCT coefficients in each band, one over the other, of planes [.., H, W]. Bands overlap.</summary>
    private static Dictionary<ControlBand, double> EnergyKept(Tensor picture, Tensor reference)
    {
        var (height, width) = (picture.shape[^2], picture.shape[^1]);
        var sums = arange(height).unsqueeze(1) + arange(width); // u + v, [H, W]
        var (x, y) = (Dct.Forward(picture).square(), Dct.Forward(reference).square());
        // What rounding leaves in an empty band is not energy: nothing of nothing is all of it.
        var rounding = Math.Max(1e-12 * (x.sum() + y.sum()).item<double>(), 1e-300);
        double Ratio(ControlBand band)
        {
            var limits = BandLimits.For(band, height, width);
            var mask = (sums >= limits.Low) & (sums <= limits.High);
            return ((x * mask).sum().item<double>() + rounding) / ((y * mask).sum().item<double>() + rounding);
        }
        return ControlBands.All.ToDictionary(band => band, Ratio);
    }

    private static void CheckSizes(RgbImage picture, RgbImage reference)
    {
        if ((picture.Width, picture.Height) != (reference.Width, reference.Height))
            throw new FidelityException($"The picture is {Size(picture)} and the reference {Size(reference)}: only equal sizes compare.");
        if (Math.Min(picture.Width, picture.Height) < StructuralSimilarity.Window)
        {
            throw new FidelityException(
                $"Pictures of {Size(picture)} are too small: SSIM's window is {StructuralSimilarity.Window} pixels wide and high.");
        }
    }

    private static string Size(RgbImage image) => FormattableString.Invariant($"{image.Width} x {image.Height}");
}
