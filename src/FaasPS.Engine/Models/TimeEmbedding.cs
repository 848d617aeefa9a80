using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>Timesteps to embedding vectors: sinusoids, then Linear, SiLU, Linear (ldm, <c>time_embed</c>).</summary>
internal sealed class TimeEmbedding(WeightScope w, long modelChannels)
{
    private readonly Linear first = new(w["0"], modelChannels, 4 * modelChannels);
    private readonly Linear second = new(w["2"], 4 * modelChannels, 4 * modelChannels);
    private readonly ScalarType dtype = w.DType;

    public Tensor Forward(Tensor timesteps) => // [M] -> [M, 4 modelChannels]
        second.Forward(F.silu(first.Forward(Sinusoids(timesteps, modelChannels).to(dtype))));

    /// <summary>
    /// cos and sin of t * 10000^(-i/half) for i = 0..half-1; cosines first, an odd last column zero. [M] -> [M, dimension], float32.
    /// </summary>
    public static Tensor Sinusoids(Tensor timesteps, long dimension, double maxPeriod = 10_000)
    {
        var half = dimension / 2;
        var frequencies = (arange(half, float32, timesteps.device) * (-Math.Log(maxPeriod) / half)).exp(); // [half]
        var angles = timesteps.to(float32).unsqueeze(1) * frequencies.unsqueeze(0); // [M, half]
        var columns = cat([angles.cos(), angles.sin()], 1); // [M, 2 half]
        return dimension % 2 == 0 ? columns : F.pad(columns, [0, 1]);
    }
}
