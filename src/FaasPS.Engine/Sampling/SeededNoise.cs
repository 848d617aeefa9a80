using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Sampling;

/// <summary>
/// Standard normal noise with a seed for each sample, so that a picture does not depend on its neighbours in the batch. Drawn on the CPU:
/// the same seed gives the same noise on every device.
/// </summary>
/// <param name="seeds">One for each sample.</param>
/// <param name="shape">A sample's shape, [4, h, w].</param>
/// <param name="device">Where the noise goes.</param>
internal sealed class SeededNoise(IEnumerable<long> seeds, long[] shape, Device device) : IDisposable
{
    private readonly Generator[] generators = [.. seeds.Select(seed => new Generator((ulong)seed, CPU))];

    /// <summary>The next noise, [N, 4, h, w], float32.</summary>
    public Tensor Draw()
    {
        using var scope = NewDisposeScope();
        return stack(generators.Select(generator => randn(shape, float32, generator: generator))).to(device).MoveToOuterDisposeScope();
    }

    public void Dispose() => Array.ForEach(generators, generator => generator.Dispose());
}
