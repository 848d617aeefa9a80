using FaasPS.Engine.Models;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Training;

/// <summary>The error of contours: 1 - r of the Sobel edge maps of decoded latents.</summary>
public sealed class ContourConsistencyTests : IDisposable
{
    private const double Faint = 1e-3;
    private static readonly ModelConfig Config = ModelConfig.Load(SmallRun.Config);

    private readonly LoadedWeights weights;
    private readonly WeightScope root;
    private readonly ContourConsistency contours;
    private readonly DisposeScope scope;

    public ContourConsistencyTests()
    {
        NativeRuntime.Load();
        scope = NewDisposeScope();
        weights = new LoadedWeights(new RandomWeights(7));
        root = new WeightScope(weights, float32, CPU);
        contours = new ContourConsistency(Config, root);
    }

    [Fact]
    public void ItIsOneMinusTheCorrelationOfEdges()
    {
        var (a, b) = (Latents(1), Latents(2));
        using var frozen = no_grad();
        var errors = contours.Error(a, b).data<float>().ToArray();
        var (x, y) = (Edges(a), Edges(b));
        for (var i = 0; i < errors.Length; i++) Assert.Equal(1 - Correlation(x[i], y[i]), errors[i], 1e-4);
        Assert.All(errors, error => Assert.True(error > 0.1));
        Assert.All(contours.Error(a, a).data<float>().ToArray(), error => Assert.Equal(0, error, 1e-5));
    }

    [Fact]
    public void ItsGradientLeadsToTheContoursAskedFor()
    {
        var (estimate, x0) = (Latents(1).requires_grad_(), Latents(2));
        double Error() => contours.Error(estimate, x0).mean().item<float>();
        var begin = Error();
        for (var step = 0; step < 20; step++)
        {
            contours.Error(estimate, x0).mean().backward();
            using var frozen = no_grad();
            estimate.sub_(0.5 * estimate.grad! / estimate.grad!.norm());
            estimate.grad!.fill_(0);
        }
        Assert.True(Error() < 0.8 * begin, $"{begin} became {Error()}.");
    }

    [Fact]
    public void APlainPictureHasAFiniteGradient()
    {
        var plain = zeros(1, 4, 4, 4).requires_grad_();
        contours.Error(plain, plain.detach()).mean().backward();
        Assert.True(plain.grad!.isfinite().all().item<bool>());
    }

    public void Dispose()
    {
        contours.Dispose();
        weights.Dispose();
        scope.Dispose();
    }

    private static Tensor Latents(ulong seed)
    {
        using var random = new Generator(seed);
        return randn([3, 4, 4, 4], generator: random);
    }

    /// <summary>Pixel by pixel, of what the autoencoder decodes.</summary>
    private double[][] Edges(Tensor latents)
    {
        var pictures = new AutoencoderKL(root["first_stage_model"], Config.FirstStage).Decode(latents / Config.ScaleFactor);
        var (count, side) = ((int)pictures.shape[0], (int)pictures.shape[2]);
        var pixels = pictures.data<float>().ToArray();
        return [.. Enumerable.Range(0, count).Select(n => Enumerable.Range(0, (side - 2) * (side - 2)).Select(i =>
        {
            var (top, left, sum) = (i / (side - 2), i % (side - 2), Faint * Faint);
            for (var c = 0; c < 3; c++)
            {
                double At(int dy, int dx) => pixels[(((((n * 3) + c) * side) + top + dy) * side) + left + dx];
                var across = At(0, 2) + (2 * At(1, 2)) + At(2, 2) - At(0, 0) - (2 * At(1, 0)) - At(2, 0);
                var down = At(2, 0) + (2 * At(2, 1)) + At(2, 2) - At(0, 0) - (2 * At(0, 1)) - At(0, 2);
                sum += (across * across) + (down * down);
            }
            return Math.Sqrt(sum);
        }).ToArray())];
    }

    private static double Correlation(double[] x, double[] y)
    {
        var (a, b) = (x.Average(), y.Average());
        double Sum(double[] p, double meanP, double[] q, double meanQ) => p.Zip(q, (u, v) => (u - meanP) * (v - meanQ)).Sum();
        return Sum(x, a, y, b) / Math.Sqrt(Sum(x, a, x, a) * Sum(y, b, y, b));
    }
}
