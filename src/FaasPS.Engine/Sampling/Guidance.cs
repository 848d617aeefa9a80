using TorchSharp;

namespace FaasPS.Engine.Sampling;

/// <summary>Classifier-free guidance (Ho and Salimans 2021).</summary>
public static class Guidance
{
    /// <summary>epsilon_u + s (epsilon_c - epsilon_u).</summary>
    /// <param name="epsilon">The unconditional half, then the conditional half, [2N, C, H, W].</param>
    /// <param name="scale">s; 1 is the conditional prediction alone.</param>
    /// <returns>[N, C, H, W] in float32.</returns>
    public static torch.Tensor Combine(torch.Tensor epsilon, double scale)
    {
        var halves = epsilon.to(torch.float32).chunk(2);
        return halves[0] + (scale * (halves[1] - halves[0]));
    }
}
