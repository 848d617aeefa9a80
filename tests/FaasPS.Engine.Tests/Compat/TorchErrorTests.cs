using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>
/// What libtorch refuses is an exception that says why, after which things go on. Not tried on matmul: TorchSharp 0.106 lets its exceptions
/// end the process.
/// </summary>
public sealed class TorchErrorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void MisshapenOperandsThrowAndThingsGoOn()
    {
        for (int i = 0; i < 3; i++)
        {
            var mm = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(2, 3)));
            Assert.Contains("2x3", mm.Message, StringComparison.Ordinal);
            var conv = Assert.Throws<ExternalException>(() => nn.functional.conv2d(ones(1, 3, 8, 8), ones(4, 2, 3, 3)));
            Assert.Contains("channels", conv.Message, StringComparison.Ordinal);
            Assert.Throws<ExternalException>(() => ones(4).view(3));
            Assert.Throws<ExternalException>(() => ones(2, 2)[2]);
            Assert.Throws<ExternalException>(() => ones(2, 2)[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { 5L }))]);
            Assert.Throws<ExternalException>(() => ones(2).add_(ones(3)));
            Assert.Throws<ExternalException>(() => nn.functional.scaled_dot_product_attention(ones(1, 2, 4), ones(1, 2, 8), ones(1, 2, 8)));
            Assert.Equal(6f, ones(2, 3).sum().item<float>());
        }
    }

    [Fact]
    public void AbsurdSizesThrow()
    {
        Assert.Throws<ExternalException>(() => empty([1L << 50]));
        Assert.Throws<ExternalException>(() => empty([-1L]));
        Assert.Equal(0, empty(0).numel());
    }

    [Fact]
    public void DisposedTensorsThrow()
    {
        var a = ones(1);
        a.Dispose();
        Assert.Throws<InvalidOperationException>(() => a + 1);
        Assert.Throws<InvalidOperationException>(() => ones(1).add(a));
    }

    [Fact]
    public void AbsentDevicesThrow()
    {
        if (cuda.is_available()) return;
        Assert.Equal(0, cuda.device_count());
        Assert.Throws<InvalidOperationException>(() => ones(1).cuda());
        Assert.Throws<InvalidOperationException>(() => ones(1, device: "cuda"));
    }

    [Fact]
    public void ErrorsStayWithTheirThread()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i =>
        {
            using var scope = NewDisposeScope();
            for (int j = 0; j < 20; j++)
            {
                var error = Assert.Throws<ExternalException>(() => ones(2, i + 3).mm(ones(2, 1)));
                Assert.Contains(FormattableString.Invariant($"2x{i + 3}"), error.Message, StringComparison.Ordinal);
            }
        });
    }
}
