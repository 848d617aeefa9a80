using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Linear layers against x w' + bias, computed in float64 from the same inputs.</summary>
public sealed class TorchLinearTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(12);
    private readonly IDisposable _noGrad = no_grad();

    public void Dispose()
    {
        _noGrad.Dispose();
        _scope.Dispose();
        _generator.Dispose();
    }

    [Theory]
    [InlineData(6, 32, 64, ScalarType.BFloat16)] // the least there is a kernel for
    [InlineData(5, 32, 64, ScalarType.BFloat16)]
    [InlineData(11, 320, 128, ScalarType.BFloat16)] // rows that six does not divide
    [InlineData(97, 640, 192, ScalarType.BFloat16)] // two pieces
    [InlineData(2100, 64, 192, ScalarType.BFloat16)] // pieces that share panels, and more
    [InlineData(154, 1024, 320, ScalarType.BFloat16)]
    [InlineData(12, 5120, 64, ScalarType.BFloat16)]
    [InlineData(50, 48, 64, ScalarType.BFloat16)] // sizes without a kernel
    [InlineData(50, 33, 64, ScalarType.BFloat16)]
    [InlineData(50, 64, 100, ScalarType.BFloat16)]
    [InlineData(6, 16, 64, ScalarType.Float32)]
    [InlineData(5, 16, 64, ScalarType.Float32)]
    [InlineData(11, 320, 128, ScalarType.Float32)]
    [InlineData(101, 1040, 192, ScalarType.Float32)] // blocks of inputs, and a last one
    [InlineData(2100, 64, 192, ScalarType.Float32)]
    [InlineData(12, 5120, 64, ScalarType.Float32)]
    [InlineData(50, 24, 64, ScalarType.Float32)]
    public void LinearAddsUpItsInputs(int rows, int inputs, int outputs, ScalarType type)
    {
        var (x, w, b) = (Normal(type, rows, inputs), Normal(type, outputs, inputs), 10 * Normal(type, outputs));
        var product = x.to(float64).mm(w.to(float64).t());
        Check(F.linear(x, w, b), product + b.to(float64), type);
        Check(F.linear(x, w), product, type);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(7, 1)]
    [InlineData(2, 0)]
    public void LinearTakesAnyLeadingAxes(int batch, int tokens)
    {
        var (x, w, b) = (Normal(bfloat16, batch, tokens, 96), Normal(bfloat16, 128, 96), Normal(bfloat16, 128));
        Check(F.linear(x, w, b), x.to(float64).matmul(w.to(float64).t()) + b.to(float64), bfloat16);
    }

    [Theory]
    [InlineData(128, ScalarType.BFloat16)]
    [InlineData(1024, ScalarType.BFloat16)]
    [InlineData(128, ScalarType.Float32)]
    public void LinearTakesTensorsThatLieOtherwise(int outputs, ScalarType type)
    {
        var (x, w, b) = (Normal(type, 2, 64, 50), Normal(type, 64, outputs), Normal(type, outputs, 2));
        var (tokens, weight, bias) = (x.transpose(1, 2), w.t(), b[TensorIndex.Ellipsis, 1]);
        var expected = tokens.to(float64).matmul(weight.to(float64).t()) + bias.to(float64);
        Check(F.linear(tokens, weight, bias), expected, type);
        Check(F.linear(tokens.contiguous(), weight.contiguous(), bias), expected, type);
        Check(F.linear(tokens, weight.contiguous(), bias.contiguous()), expected, type);
        Check(F.linear(tokens[TensorIndex.Slice(0, 1)], weight, bias), expected[TensorIndex.Slice(0, 1)], type);
    }

    [Fact]
    public void RowsDoNotDependOnTheirNeighbours()
    {
        var (x, w, b) = (Normal(bfloat16, 200, 320), Normal(bfloat16, 64, 320), Normal(bfloat16, 64));
        var all = F.linear(x, w, b);
        foreach (var first in new[] { 0, 1, 95, 187 })
        {
            var some = TensorIndex.Slice(first, first + 13);
            Assert.True(F.linear(x[some], w, b).Equals(all[some]), $"rows from {first} differ");
        }
    }

    [Fact]
    public void LinearKeepsItsGradients()
    {
        using var recording = enable_grad();
        var (x, w) = (Normal(bfloat16, 64, 64), Normal(bfloat16, 64, 64).requires_grad_());
        F.linear(x, w).sum().backward();
        Check(w.grad!, x.to(float64).sum([0]).expand(64, 64), bfloat16);
    }

    [Fact]
    public void LinearRefusesWhatDoesNotFit()
    {
        var (x, w) = (Normal(bfloat16, 64, 64), Normal(bfloat16, 64, 64));
        Assert.ThrowsAny<Exception>(() => F.linear(x, Normal(bfloat16, 64, 96)));
        Assert.ThrowsAny<Exception>(() => F.linear(x, w, Normal(bfloat16, 65)));
        Assert.ThrowsAny<Exception>(() => F.linear(x, w.to(float32)));
    }

    private Tensor Normal(ScalarType type, params long[] shape) => randn(shape, generator: _generator).to(type);

    // Relative to the result's norm: bfloat16's own rounding, and of float32 sums.
    private static void Check(Tensor actual, Tensor expected, ScalarType type)
    {
        Assert.Equal(type, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        if (expected.numel() == 0) return;
        var error = ((actual.to(float64) - expected).norm() / expected.norm()).item<double>();
        var allowed = type == ScalarType.BFloat16 ? 3e-3 : 1e-6;
        Assert.True(error <= allowed, $"off by {error}, allowed {allowed}");
    }
}
