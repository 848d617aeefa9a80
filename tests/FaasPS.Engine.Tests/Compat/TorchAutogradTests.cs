using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Gradients against central differences in float64 (step 1e-5, relative tolerance 1e-6).</summary>
public sealed class TorchAutogradTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void GradientsOfASmallNetworkWithAttention()
    {
        using var generator = new Generator(5);
        var input = randn([1, 4, 3, 3], float64, generator: generator);
        var conv = randn([4, 4, 3, 3], float64, generator: generator);
        var linear = randn([4, 4], float64, generator: generator);
        Tensor Loss(Tensor weight, Tensor matrix)
        {
            var h = F.silu(F.group_norm(F.conv2d(input, weight, padding: [1, 1]), 2));
            var tokens = h.flatten(2).transpose(1, 2); // [1, 9, 4]
            var attended = F.scaled_dot_product_attention(F.linear(tokens, matrix), tokens, tokens);
            return F.mse_loss(attended, zeros_like(attended));
        }

        CheckGradient(conv, weight => Loss(weight, linear));
        CheckGradient(linear, matrix => Loss(conv, matrix));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GradientsOfAttentionWithMasks(bool causal)
    {
        using var generator = new Generator(6);
        var q = randn([2, 3, 4], float64, generator: generator);
        var k = randn([2, 5, 4], float64, generator: generator);
        var v = randn([2, 5, 2], float64, generator: generator);
        var mask = causal ? null : rand([3, 5], generator: generator) > 0.3f;
        Tensor Loss(Tensor a, Tensor b, Tensor c) => F.scaled_dot_product_attention(a, b, c, mask, is_casual: causal).square().sum();
        CheckGradient(q, t => Loss(t, k, v));
        CheckGradient(k, t => Loss(q, t, v));
        CheckGradient(v, t => Loss(q, k, t));
    }

    [Fact]
    public void GradIsNullUntilBackwardAndDetachCuts()
    {
        var x = tensor(new[] { 2f, 3f }).requires_grad_();
        Assert.Null(x.grad);
        Assert.True(x.is_leaf);
        var y = (x * x).sum();
        Assert.False(y.detach().requires_grad);
        y.backward();
        Assert.Equal([4f, 6f], x.grad!.data<float>().ToArray());
        var again = autograd.grad([(x * 3).sum()], [x]);
        Assert.Equal([3f, 3f], again[0].data<float>().ToArray());
        using (no_grad()) Assert.False((x * 2).requires_grad);
    }

    private static void CheckGradient(Tensor at, Func<Tensor, Tensor> loss)
    {
        const double step = 1e-5;
        var leaf = at.clone().requires_grad_();
        loss(leaf).backward();
        double[] gradient = leaf.grad!.contiguous().data<double>().ToArray();
        for (int i = 0; i < gradient.Length; i++)
        {
            double At(double shift)
            {
                var moved = at.clone();
                moved.view(-1).data<double>()[i] += shift; // the accessor takes one index on one axis only
                return loss(moved).item<double>();
            }

            double difference = (At(step) - At(-step)) / (2 * step);
            Assert.Equal(difference, gradient[i], 1e-6 * Math.Max(1, Math.Abs(difference)));
        }
    }
}
