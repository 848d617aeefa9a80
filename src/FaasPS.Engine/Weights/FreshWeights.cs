using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>
/// Weights for a model that is to be trained: PyTorch's defaults for layers (uniform in ±1/sqrt(fan in), norms 1 and 0), OpenCLIP's for
/// the text tower, and zero for the layers that ldm and FCDiffusion start at zero, so that units and control branch change nothing yet.
/// A key's numbers depend on the seed and the key alone.
/// </summary>
/// <param name="seed">The same seed gives the same weights.</param>
/// <param name="prefixes">Beginnings of the keys that it has; none: all.</param>
public sealed class FreshWeights(long seed, params string[] prefixes) : IWeightSource
{
    /// <summary>Ends of the layers that begin at zero: ldm's zero_module and FCDiffusion's zero convolutions.</summary>
    private static readonly string[] ZeroLayers =
        [".out_layers.3", ".proj_out", "model.diffusion_model.out.2", "control_model.hint_add", "control_model.hint_mul"];
    private static readonly string[] ZeroConvolutions =
        ["zero_convs_add.", "zero_convs_mul.", "middle_block_out_add.", "middle_block_out_mul."];

    /// <summary>Ends of the layers whose biases PyTorch's attention starts at zero.</summary>
    private static readonly string[] AttentionLayers = [".attn.in_proj", ".attn.out_proj"];

    private readonly ConcurrentDictionary<string, long> fanIn = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<TensorInfo> asked = new();

    /// <summary>What was loaded so far, in that order.</summary>
    public IReadOnlyCollection<TensorInfo> Asked => asked;

    public IEnumerable<string> Keys => asked.Select(info => info.Name);

    public bool Contains(string key) =>
        prefixes.Length == 0 || Array.Exists(prefixes, prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    public long[] ShapeOf(string key) => throw new WeightsException(
        $"the shape of '{key}' is not known before a layer asks for it: the configuration has to give width, layers and vocab_size");

    public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        var whole = shape.ToArray();
        if (whole.Contains(-1)) ShapeOf(key);
        asked.Enqueue(new TensorInfo(key, dtype, whole));
        using var scope = NewDisposeScope();
        var values = empty(whole, ScalarType.Float32);
        using var generator = new Generator(SeedOf(key), CPU);
        Fill(values, key, whole, generator);
        return values.to(dtype).to(device).DetachFromDisposeScope();
    }

    private void Fill(Tensor values, string key, long[] shape, Generator generator)
    {
        var dot = key.LastIndexOfAny(['.', '_']); // in_proj_weight and in_proj_bias belong together as well
        var (layer, isBias) = (key[..Math.Max(dot, 0)], key.EndsWith("bias", StringComparison.Ordinal));
        if (!isBias) fanIn[layer] = shape.Length < 2 ? 0 : shape[1..].Aggregate(1L, (product, size) => product * size);
        if (StartsAtZero(layer)) values.fill_(0);
        else if (TextSpread(key, shape) is { } spread) values.normal_(0, spread, generator);
        else if (isBias && Array.Exists(AttentionLayers, end => layer.EndsWith(end, StringComparison.Ordinal))) values.fill_(0);
        // A layer asks for its weight before its bias; a norm's weight has one dimension.
        else if (fanIn.GetValueOrDefault(layer) is > 0 and var inputs)
            values.uniform_(-1 / Math.Sqrt(inputs), 1 / Math.Sqrt(inputs), generator);
        else values.fill_(isBias ? 0 : 1);
    }

    private static bool StartsAtZero(string layer)
    {
        // The autoencoder's proj_out starts like any other layer.
        if (layer.StartsWith("first_stage_model.", StringComparison.Ordinal)) return false;
        return Array.Exists(ZeroLayers, end => layer.EndsWith(end, StringComparison.Ordinal))
            || Array.Exists(ZeroConvolutions, part => layer.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>Spreads of OpenCLIP's <c>init_parameters</c> (open_clip/model.py); the depth it divides by is taken as 12.</summary>
    private static double? TextSpread(string key, long[] shape)
    {
        const string prefix = "cond_stage_model.model.";
        const double twiceLayers = 24;
        if (!key.StartsWith(prefix, StringComparison.Ordinal)) return null;
        if (key.EndsWith("token_embedding.weight", StringComparison.Ordinal)) return 0.02;
        if (key.EndsWith("positional_embedding", StringComparison.Ordinal)) return 0.01;
        if (key.EndsWith("attn.in_proj_weight", StringComparison.Ordinal)) return 1 / Math.Sqrt(shape[1]);
        if (key.EndsWith("attn.out_proj.weight", StringComparison.Ordinal)) return 1 / Math.Sqrt(shape[0] * twiceLayers);
        if (key.EndsWith("mlp.c_fc.weight", StringComparison.Ordinal)) return 1 / Math.Sqrt(2.0 * shape[1]);
        if (key.EndsWith("mlp.c_proj.weight", StringComparison.Ordinal)) return 1 / Math.Sqrt(shape[0] * twiceLayers);
        return null;
    }

    private ulong SeedOf(string key) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed} {key}"))));
}
