using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Training;

/// <summary>
/// How far the contours of what a prediction amounts to are from those asked for: 1 - r, r Pearson's correlation of the Sobel edge maps of
/// the decoded estimate of x0 and the decoded x0. ControlNet++ (Li et al. 2024) trains a branch by the consistency of its
/// condition in this way; here the contours are what is to be consistent, as the hint has them in other colours.
/// </summary>
/// <param name="config">The autoencoder's sizes and the latents' scale.</param>
/// <param name="weights">The frozen model.</param>
internal sealed class ContourConsistency(ModelConfig config, WeightScope weights) : IDisposable
{
    /// <summary>Below this a gradient, of pixels in [-1, 1], is none: the root's own gradient stays finite.</summary>
    private const double Faint = 1e-3;

    private readonly AutoencoderKL autoencoder = new(weights["first_stage_model"], config.FirstStage);

    private readonly Tensor sobel =
        tensor(new float[] { -1, 0, 1, -2, 0, 2, -1, 0, 1, -1, -2, -1, 0, 0, 0, 1, 2, 1 }, [2, 1, 3, 3], device: weights.Device)
            .DetachFromDisposeScope();

    /// <summary>1 - r of each sample, [N]; gradients go through the estimate.</summary>
    /// <param name="estimate">Scaled latents, [N, 4, h, w].</param>
    /// <param name="x0">The same of the pictures that are asked for.</param>
    public Tensor Error(Tensor estimate, Tensor x0)
    {
        using var scope = NewDisposeScope();
        return (1 - (Edges(estimate) * Edges(x0)).sum(1)).MoveToOuterDisposeScope();
    }

    public void Dispose() => sobel.Dispose();

    /// <summary>The length of Sobel's gradient, all channels together, without the outermost pixels: of mean 0 and norm 1, [N, (H-2)(W-2)].</summary>
    private Tensor Edges(Tensor latents)
    {
        var pictures = autoencoder.Decode((latents / config.ScaleFactor).to(weights.DType)).to(float32);
        var (count, side) = (pictures.shape[0], pictures.shape[2]);
        var gradients = F.conv2d(pictures.reshape(-1, 1, side, side), sobel).reshape(count, -1, (side - 2) * (side - 2)); // [N, 3 * 2, ..]
        var lengths = (gradients.square().sum(1) + (Faint * Faint)).sqrt();
        return F.normalize(lengths - lengths.mean([1], keepdim: true));
    }
}
