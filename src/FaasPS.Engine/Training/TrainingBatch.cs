using TorchSharp;

namespace FaasPS.Engine.Training;

/// <summary>What one step is computed from. Everything random in it is drawn before workers share it out.</summary>
/// <param name="Target">Pictures [N, 3, H, W] for the autoencoder, latents x0 [N, 4, h, w] for the others.</param>
/// <param name="Noise">Standard normal, [N, 4, h, w].</param>
/// <param name="Timesteps">t of each sample, int64 [N].</param>
/// <param name="Prompts">Each sample's row among the stage's prompts; empty for the autoencoder.</param>
/// <param name="Hint">The control signal, [N, 4, h, w]; only the control stage has one.</param>
internal sealed record TrainingBatch(
    torch.Tensor Target, torch.Tensor Noise, torch.Tensor Timesteps, long[] Prompts, torch.Tensor? Hint = null)
{
    public long Count => Target.shape[0];

    /// <summary>Where the loss leaves what its predictions amount to, estimates of x0 [N, 4, h, w]; none: nobody asks.</summary>
    public torch.Tensor? Estimate { get; init; }

    /// <summary>Some of the samples; the tensors are views, in the current dispose scope.</summary>
    public TrainingBatch Part(long first, long count) => new(
        Target.narrow(0, first, count),
        Noise.narrow(0, first, count),
        Timesteps.narrow(0, first, count),
        Prompts.Length == 0 ? [] : Prompts[(int)first..(int)(first + count)],
        Hint?.narrow(0, first, count))
    {
        Estimate = Estimate?.narrow(0, first, count),
    };
}
