using FaasPS.Engine.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine;

/// <summary>Pictures to tensors and back.</summary>
internal static class ImageTensor
{
    /// <summary>A picture as the model's input, [1, 3, H, W] in [-1, 1], float32.</summary>
    public static Tensor FromImage(RgbImage image)
    {
        var values = new float[3 * image.Width * image.Height];
        image.CopyTo(values);
        return tensor(values, [1, 3, image.Height, image.Width]);
    }

    /// <summary>A decoder's output, [3, H, W] about [-1, 1] in any type, as a picture.</summary>
    public static RgbImage ToImage(Tensor image)
    {
        using var scope = NewDisposeScope();
        var values = image.to(float32).cpu().contiguous().data<float>().ToArray();
        return RgbImage.FromPlanes(values, (int)image.shape[2], (int)image.shape[1]);
    }
}
