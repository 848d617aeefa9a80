using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Text;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Training;

public sealed class NoisyLatentsTests
{
    private static readonly ModelConfig Config = ModelConfig.Load(SmallRun.Config);

    [Theory]
    [InlineData(null, 1, 1)]
    [InlineData(1.0, 1, 1)]
    [InlineData(5.0, 5, 1)]
    public void TimestepsAboveGammaCountForLess(double? gamma, double atMost, double whereNoisy)
    {
        NativeRuntime.Load();
        var schedule = new NoiseSchedule(Config.LinearStart, Config.LinearEnd, Config.Timesteps);
        double Snr(int t) => schedule.AlphaBar(t) / (1 - schedule.AlphaBar(t));
        Assert.True(Snr(10) > 10 && Snr(900) < 1);
        using var scope = NewDisposeScope();
        using var latents = new NoisyLatents(
            Config, [new TrainingSample(0, 0, "a red disc")], zeros(1, 4, 4, 4), new TrainingSettings { SnrGamma = gamma },
            ClipTokenizer.Load(SmallRun.Tokenizer));
        double Loss(params long[] timesteps)
        {
            var noise = ones(timesteps.Length, 4, 4, 4);
            return latents.Loss(zeros_like(noise), new TrainingBatch(zeros_like(noise), noise, tensor(timesteps), new long[timesteps.Length]))
                .item<float>();
        }

        var expected = gamma is null ? 1 : atMost / Snr(10);
        Assert.Equal(expected, Loss(10), 1e-5);
        Assert.Equal(whereNoisy, Loss(900), 1e-5);
        Assert.Equal((expected + whereNoisy) / 2, Loss(10, 900), 1e-5);
    }
}
