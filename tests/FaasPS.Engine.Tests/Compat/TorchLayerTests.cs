using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Convolutions, norms and activations against their definitions, computed in float64 from the same inputs.</summary>
public sealed class TorchLayerTests : IDisposable
{
    // Relative to the result's norm. float32: sums of a few thousand products, some of them by Winograd, which rounds ten times more than
    // adding up does. bfloat16: the result's own rounding.
    private const double Float32Tolerance = 5e-6;
    private const double BFloat16Tolerance = 3e-3;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(11);
    private readonly IDisposable _noGrad = no_grad();

    public void Dispose()
    {
        _noGrad.Dispose();
        _scope.Dispose();
        _generator.Dispose();
    }

    [Theory]
    [InlineData(2, 64, 64, 16, 16, ScalarType.Float32)]
    [InlineData(2, 64, 64, 16, 16, ScalarType.BFloat16)]
    [InlineData(1, 64, 64, 4, 4, ScalarType.Float32)] // one tile
    [InlineData(2, 80, 96, 8, 12, ScalarType.Float32)] // a block of inputs and one of outputs that are not full
    [InlineData(2, 80, 96, 8, 12, ScalarType.BFloat16)]
    [InlineData(1, 64, 64, 40, 156, ScalarType.Float32)] // rows in segments that are not alike, two pieces, one of them not full
    [InlineData(1, 64, 64, 256, 256, ScalarType.Float32)] // more tiles than are gathered at once
    [InlineData(2, 64, 70, 16, 16, ScalarType.Float32)] // outputs and inputs that no vector divides: another kernel's
    [InlineData(2, 70, 64, 16, 16, ScalarType.Float32)]
    [InlineData(1, 64, 64, 30, 32, ScalarType.Float32)] // sizes that 4x4 tiles do not divide
    [InlineData(1, 3, 64, 64, 64, ScalarType.Float32)]
    public void ConvolutionAddsUpItsNeighbourhood(int n, int inputs, int outputs, int height, int width, ScalarType type)
    {
        var (x, w, b) = (Normal(type, n, inputs, height, width), Normal(type, outputs, inputs, 3, 3), Normal(type, outputs));
        Tensor Wide(Tensor? bias) => F.conv2d(x.to(float64), w.to(float64), bias?.to(float64), padding: [1, 1]);
        Check(F.conv2d(x, w, b, padding: [1, 1]), Wide(b), type);
        Check(F.conv2d(x, w, padding: [1, 1]), Wide(null), type);
        Check(F.conv2d(x, w, b, strides: [2, 2], padding: [1, 1]),
            F.conv2d(x.to(float64), w.to(float64), b.to(float64), strides: [2, 2], padding: [1, 1]), type);
    }

    [Fact]
    public void ConvolutionKeepsItsGradients()
    {
        using var recording = enable_grad();
        var (x, w) = (Normal(float32, 2, 64, 32, 32), Normal(float32, 64, 64, 3, 3).requires_grad_());
        F.conv2d(x, w, padding: [1, 1]).sum().backward();
        Assert.NotNull(w.grad);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void GroupNormHasStatisticsOfItsGroups(ScalarType type)
    {
        var x = (3 + Normal(float32, 2, 96, 13, 17)).to(type);
        var (w, b) = (Normal(float32, 96), Normal(float32, 96));
        var groups = x.to(float64).view(2, 32, -1);
        var normal = (groups - groups.mean([2], true)) / (groups.var([2], false, true) + 1e-5).sqrt();
        var expected = (normal.view(2, 96, 13, 17) * w.to(float64).view(1, 96, 1, 1)) + b.to(float64).view(1, 96, 1, 1);
        Check(F.group_norm(x, 32, w, b), expected, type);
    }

    [Fact]
    public void GroupNormOfLargeMeansIsExact()
    {
        var x = 1000 + Normal(float32, 1, 32, 64, 64);
        var wide = x.to(float64).view(1, 32, -1);
        var expected = ((wide - wide.mean([2], true)) / (wide.var([2], false, true) + 1e-5).sqrt()).view(x.shape);
        Check(F.group_norm(x, 32, ones(32), zeros(32)), expected, float32, 1e-4); // 1000 + x itself has an error of 3e-5
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void LayerNormHasStatisticsOfItsRows(ScalarType type)
    {
        var x = (3 + Normal(float32, 3, 7, 75)).to(type);
        var (w, b) = (Normal(float32, 75), Normal(float32, 75));
        var wide = x.to(float64);
        var normal = (wide - wide.mean([2], true)) / (wide.var([2], false, true) + 1e-5).sqrt();
        Check(F.layer_norm(x, [75], w, b), (normal * w.to(float64)) + b.to(float64), type);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void ActivationsMeetTheirDefinitions(ScalarType type)
    {
        var x = (5 * Normal(float32, 40, 50)).to(type);
        var wide = x.to(float64);
        Check(F.gelu(x), F.gelu(wide), type);
        Check(F.silu(x), F.silu(wide), type);
        Check(F.gelu(x.chunk(2, -1)[1]), F.gelu(wide.chunk(2, -1)[1]), type); // rows apart, as the gate's half is
        Check(F.gelu(x.t()), F.gelu(wide.t()), type);
        var y = x.clone();
        F.silu(y, inplace: true);
        Check(y, F.silu(wide), type);
    }

    [Fact]
    public void ActivationsKeepLimitsAndPassOnWhatIsNoNumber()
    {
        var x = tensor(new[] { float.NegativeInfinity, -100, 0, 100, float.PositiveInfinity, float.NaN });
        Assert.Equal([0f, 100f, float.PositiveInfinity, float.NaN], F.silu(x)[TensorIndex.Slice(2)].data<float>().ToArray());
        Assert.Equal([0f, 100f, float.PositiveInfinity, float.NaN], F.gelu(x)[TensorIndex.Slice(2)].data<float>().ToArray());
        Assert.True(F.silu(x)[1].item<float>() is <= 0 and > -1e-30f);
        Assert.True(F.gelu(x)[1].item<float>() is <= 0 and > -1e-30f);
    }

    [Fact]
    public void LargeTensorsComeAndGoInPeace()
    {
        // 8 to 9 MB each, of which a freed one may become another.
        var kept = Enumerable.Range(0, 8).Select(i => full([2_000_000 + (i * 25_000)], i, float32)).ToList();
        for (var round = 0; round < 4; round++)
        {
            for (var i = round % 2; i < kept.Count; i += 2)
            {
                kept[i].Dispose();
                kept[i] = full([2_100_000 - (i * 10_000)], i, float32);
            }
        }
        Assert.All(kept.Select((t, i) => (t, i)), pair => Assert.True(pair.t.eq(pair.i).all().item<bool>()));
    }

    private Tensor Normal(ScalarType type, params long[] shape) => randn(shape, generator: _generator).to(type);

    private static void Check(Tensor actual, Tensor expected, ScalarType type, double? tolerance = null)
    {
        Assert.Equal(type, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        var error = ((actual.to(float64) - expected).norm() / expected.norm()).item<double>();
        var allowed = tolerance ?? (type == ScalarType.BFloat16 ? BFloat16Tolerance : Float32Tolerance);
        Assert.True(error <= allowed, $"off by {error}, allowed {allowed}");
    }
}
