using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Attention against its definition, computed in float64 from the same inputs.</summary>
public sealed class TorchAttentionTests : IDisposable
{
    // float32: rounding of sums over S and E. bfloat16: 8 significant bits in the probabilities and in the result, values of order 1.
    private const double Float32Tolerance = 2e-5;
    private const double BFloat16Tolerance = 2e-2;

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
    [InlineData(1000, 1000, 64, ScalarType.Float32)] // blocks of queries do not divide 1000
    [InlineData(1000, 1000, 64, ScalarType.BFloat16)]
    [InlineData(256, 77, 64, ScalarType.Float32)]
    [InlineData(256, 77, 64, ScalarType.BFloat16)]
    [InlineData(1, 5, 8, ScalarType.Float32)]
    [InlineData(4096, 3, 8, ScalarType.Float32)]
    [InlineData(100, 9000, 16, ScalarType.Float32)]
    public void IsSoftmaxOfScaledProducts(int queries, int keys, int width, ScalarType type)
    {
        var (q, k, v) = Inputs(queries, keys, width, type);
        Check(F.scaled_dot_product_attention(q, k, v), Reference(q, k, v, null), type);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void CausalSeesNoLaterKeys(ScalarType type)
    {
        var (q, k, v) = Inputs(1000, 1000, 32, type);
        var mask = ones(1000, 1000).tril().@bool();
        Check(F.scaled_dot_product_attention(q, k, v, is_casual: true), Reference(q, k, v, mask), type);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void BooleanMasksChooseAndFloatMasksAdd(ScalarType type)
    {
        var (q, k, v) = Inputs(300, 77, 32, type);
        var chosen = rand([300, 77], generator: _generator) > 0.5f;
        Check(F.scaled_dot_product_attention(q, k, v, chosen), Reference(q, k, v, chosen), type);
        var perKey = rand([2, 1, 1, 77], generator: _generator) > 0.5f;
        Check(F.scaled_dot_product_attention(q, k, v, perKey.expand(2, 1, 300, 77)), Reference(q, k, v, perKey), type);
        var added = randn([300, 77], generator: _generator).to(type);
        Check(F.scaled_dot_product_attention(q, k, v, added), Reference(q, k, v, added), type);
    }

    [Fact]
    public void LargeScoresDoNotOverflow()
    {
        var (q, k, v) = Inputs(64, 64, 32, float32);
        Check(F.scaled_dot_product_attention(q * 100, k * 100, v), Reference(q * 100, k * 100, v, null), float32, 1e-3);
    }

    [Fact]
    public void HeadsMayBeStridedAndBatchesAbsent()
    {
        // As a transformer has them: [N, L, heads * E] seen as [N, heads, L, E].
        Tensor Heads(int rows) => randn([2, rows, 3 * 16], generator: _generator).view(2, rows, 3, 16).transpose(1, 2);
        var (q, k, v) = (Heads(130), Heads(50), Heads(50));
        var result = F.scaled_dot_product_attention(q, k, v);
        Assert.Equal([2L, 3, 130, 16], result.shape);
        Check(result, Reference(q, k, v, null), float32);
        Check(F.scaled_dot_product_attention(q[0, 0], k[0, 0], v[0, 0]), Reference(q[0, 0], k[0, 0], v[0, 0], null), float32);
        Check(F.scaled_dot_product_attention(q[0], k[0], v[0]), Reference(q[0], k[0], v[0], null), float32);
    }

    [Fact]
    public void ARunIsRepeatableBitForBit()
    {
        var (q, k, v) = Inputs(500, 300, 64, float32);
        Assert.True(F.scaled_dot_product_attention(q, k, v).Equals(F.scaled_dot_product_attention(q, k, v)));
    }

    private static Tensor Reference(Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        var scores = q.to(float64).matmul(k.to(float64).transpose(-2, -1)) / Math.Sqrt(q.size(-1));
        if (mask is not null)
        {
            scores = mask.dtype == ScalarType.Bool
                ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity)
                : scores + mask.to(float64);
        }

        return scores.softmax(-1).matmul(v.to(float64));
    }

    private static void Check(Tensor actual, Tensor expected, ScalarType type, double? tolerance = null)
    {
        Assert.Equal(type, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        double error = (actual.to(float64) - expected).abs().max().item<double>();
        double allowed = tolerance ?? (type == ScalarType.BFloat16 ? BFloat16Tolerance : Float32Tolerance);
        Assert.True(error <= allowed, $"off by {error}, allowed {allowed}");
    }

    // [2, 2, rows, width]: two images, two heads.
    private (Tensor Q, Tensor K, Tensor V) Inputs(int queries, int keys, int width, ScalarType type)
    {
        Tensor Make(int rows) => randn([2, 2, rows, width], generator: _generator).to(type);
        return (Make(queries), Make(keys), Make(keys));
    }
}
