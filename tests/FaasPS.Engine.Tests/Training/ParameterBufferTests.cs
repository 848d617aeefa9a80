using FaasPS.Engine.Models;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Training;

public sealed class ParameterBufferTests
{
    public ParameterBufferTests() => NativeRuntime.Load();

    [Fact]
    public void WeightsAreViewsOfOneTensorAndGradientsOfAnother()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ParameterBuffer(new RandomWeights(1), CPU, w => Perceptron(w));
        Assert.Equal(["first.weight", "first.bias", "second.weight", "second.bias"], buffer.Keys);
        Assert.Equal(0, buffer.Length % 16);

        using var replica = new Replica(buffer);
        var layers = Perceptron(new WeightScope(replica, float32, CPU));
        var x = randn([5, 3], generator: new Generator(2));
        Loss(layers, x).backward();
        var once = replica.Gradient.clone();
        Loss(layers, x).backward();
        Assert.True(once.abs().sum().item<float>() > 0);
        Assert.True(replica.Gradient.allclose(once * 2));

        // A change of the flat tensor is a change of the layers.
        var before = Loss(layers, x).item<float>();
        buffer.Values.mul_(0.5);
        Assert.NotEqual(before, Loss(layers, x).item<float>());
    }

    [Fact]
    public void GradientsAreThoseOfTheWeightsThemselves()
    {
        using var scope = NewDisposeScope();
        using var buffer = new ParameterBuffer(new RandomWeights(1), CPU, w => Perceptron(w));
        using var replica = new Replica(buffer);
        var x = randn([5, 3], generator: new Generator(2));
        Loss(Perceptron(new WeightScope(replica, float32, CPU)), x).backward();
        foreach (var (key, row) in new[] { ("first.weight", 2L), ("second.bias", 0L) })
        {
            // Central differences along one element.
            var element = buffer.View(buffer.Values, key).flatten().narrow(0, row, 1);
            using var probe = new Replica(buffer);
            float At(double shift)
            {
                using var frozen = no_grad();
                element.add_(shift);
                return Loss(Perceptron(new WeightScope(probe, float32, CPU)), x).item<float>();
            }
            const double h = 1e-2;
            var slope = (At(h) - At(-2 * h)) / (2 * h);
            At(h);
            Assert.Equal(slope, buffer.View(replica.Gradient, key).flatten()[row].item<float>(), 3e-3);
        }
    }

    [Fact]
    public void AdamWFollowsItsPaper()
    {
        using var scope = NewDisposeScope();
        var options = new AdamWOptions(0.8, 0.95, 1e-6, 0.1);
        double[] x = [1.5, -0.7, 0.3], m = new double[3], v = new double[3];
        var values = tensor(x, dtype: float32);
        using var optimizer = new AdamW(values, options);
        var random = new Random(4);
        for (var step = 1; step <= 20; step++)
        {
            var (rate, g) = (0.1 / step, x.Select(_ => random.NextDouble() - 0.5).ToArray());
            optimizer.Update(tensor(g, dtype: float32), rate);
            for (var i = 0; i < 3; i++)
            {
                m[i] = (0.8 * m[i]) + (0.2 * g[i]);
                v[i] = (0.95 * v[i]) + (0.05 * g[i] * g[i]);
                var (mHat, vHat) = (m[i] / (1 - Math.Pow(0.8, step)), v[i] / (1 - Math.Pow(0.95, step)));
                x[i] -= rate * ((mHat / (Math.Sqrt(vHat) + 1e-6)) + (0.1 * x[i]));
            }
        }
        Assert.Equal(x, values.data<float>().Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void AdamWTreatsEveryPieceOfALongTensorAlike()
    {
        using var scope = NewDisposeScope();
        var values = ones(100_000);
        using var optimizer = new AdamW(values, new AdamWOptions());
        optimizer.Update(ones(100_000), 0.1);
        Assert.Equal(values.min().item<float>(), values.max().item<float>());
        Assert.Equal(0.899, values.max().item<float>(), 1e-4);
    }

    private static (Linear First, Linear Second) Perceptron(WeightScope w) => (new(w["first"], 3, 7), new(w["second"], 7, 2));

    private static Tensor Loss((Linear First, Linear Second) layers, Tensor x) =>
        layers.Second.Forward(layers.First.Forward(x).tanh()).square().mean();
}
