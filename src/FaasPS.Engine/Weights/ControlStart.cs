using TorchSharp;

namespace FaasPS.Engine.Weights;

/// <summary>
/// The weights a control branch begins with, as FCDiffusion makes them from Stable Diffusion 2.1-base: the U-Net's where it has a key of
/// the same name, fresh ones for the rest, and zero for the convolutions that let the hint in and lead back into the U-Net.
/// </summary>
/// <param name="model">Holds the U-Net.</param>
/// <param name="seed">Seeds what is fresh.</param>
internal sealed class ControlStart(IWeightSource model, long seed) : IWeightSource
{
    private const string UNetPrefix = "model.diffusion_model.";

    /// <summary>Layers that the U-Net has no counterpart of. Fresh weights, unlike a file, have whatever key they are asked for.</summary>
    private static readonly string[] New = ["input_hint_block.", "hint_add.", "hint_mul.", "zero_convs_", "middle_block_out_"];

    private readonly FreshWeights fresh = new(seed, ModelShapes.ControlPrefix);

    /// <summary>None: it has whatever a branch asks for.</summary>
    public IEnumerable<string> Keys => [];

    public bool Contains(string key) => fresh.Contains(key);

    public long[] ShapeOf(string key) => model.ShapeOf(InUNet(key));

    public torch.Tensor Load(string key, ReadOnlySpan<long> shape, torch.ScalarType dtype, torch.Device device) =>
        IsCopied(key) ? model.Load(InUNet(key), shape, dtype, device) : fresh.Load(key, shape, dtype, device);

    private bool IsCopied(string key)
    {
        var name = key[ModelShapes.ControlPrefix.Length..];
        return !Array.Exists(New, start => name.StartsWith(start, StringComparison.Ordinal)) && model.Contains(InUNet(key));
    }

    private static string InUNet(string key) => UNetPrefix + key[ModelShapes.ControlPrefix.Length..];
}
