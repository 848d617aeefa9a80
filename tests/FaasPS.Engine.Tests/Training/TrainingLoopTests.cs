using FaasPS.Engine.Models;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using FaasPS.Engine.Tests.Weights;

namespace FaasPS.Engine.Tests.Training;

public sealed class TrainingLoopTests
{
    [Theory]
    [InlineData("autoencoder", ComputeType.Float32)]
    [InlineData("diffusion", ComputeType.BFloat16)]
    [InlineData("mini_pass", ComputeType.Float32)]
    [InlineData("mini_pass", ComputeType.Float32, 0.5)]
    public void AResumedRunGivesTheSameBits(string name, ComputeType type, double drawn = 0)
    {
        TrainingSettings Drawn(TrainingSettings settings) => settings with { ScheduledSampling = drawn, ContourWeight = drawn };
        using var file = new TemporaryFile();
        using var whole = new SmallRun(name, workers: 2, type, change: Drawn);
        var losses = Steps(whole, 4);

        using (var first = new SmallRun(name, workers: 2, type, change: Drawn))
        {
            Assert.Equal(losses.Take(2), Steps(first, 2));
            first.Loop.Save(file.Path);
        }
        using var second = new SmallRun(name, workers: 2, type, change: Drawn);
        second.Loop.Restore(file.Path);
        Assert.Equal(2, second.Loop.Step);
        Assert.Equal(losses.Skip(2), Steps(second, 2));
        Assert.Equal(whole.Values(), second.Values());
        Assert.Equal(whole.Averages(), second.Averages());
        Assert.NotEqual(whole.Values(), whole.Averages());
    }

    [Fact]
    public void ABatchInPartsIsTheBatch()
    {
        using var whole = new SmallRun("diffusion");
        using var parts = new SmallRun("diffusion", change: settings => settings with { Accumulate = 3 });
        for (var step = 0; step < 3; step++)
        {
            var (a, b) = (whole.Loop.Advance(), parts.Loop.Advance());
            Assert.Equal(a.Loss, b.Loss, 1e-4 * a.Loss);
            Assert.Equal(a.GradientNorm, b.GradientNorm, 1e-3 * a.GradientNorm);
        }
    }

    [Theory]
    [InlineData("autoencoder")]
    [InlineData("diffusion")]
    [InlineData("high_pass")]
    public void BFloat16FollowsFloat32(string name)
    {
        using var wide = new SmallRun(name);
        using var narrow = new SmallRun(name, type: ComputeType.BFloat16);
        var (begin, end) = (0.0, 0.0);
        for (var step = 0; step < 5; step++)
        {
            var (a, b) = (wide.Loop.Advance(), narrow.Loop.Advance());
            Assert.Equal(a.Loss, b.Loss, 0.01 * a.Loss); // 8 bits of mantissa: 0.4 % a rounding
            (begin, end) = (step == 0 ? a.Loss : begin, a.Loss);
        }
        Assert.True(Math.Abs(end - begin) > 0.02 * begin, "The losses hardly change: this shows nothing.");
    }

    [Fact]
    public void TheSeedDecidesOrderAndNoise()
    {
        using var one = new SmallRun("autoencoder", seed: 3);
        using var other = new SmallRun("autoencoder", seed: 4, weightSeed: 3);
        Assert.NotEqual(one.Loop.Advance().Loss, other.Loop.Advance().Loss);
    }

    [Fact]
    public void EachRoundShowsEveryExampleOnce()
    {
        var order = new SampleOrder(6, seed: 1);
        var rounds = Enumerable.Range(0, 6).SelectMany(step => order.Batch(step, 4)).Chunk(6).ToArray(); // 24 in batches of 4
        Assert.All(rounds, round => Assert.Equal([0L, 1, 2, 3, 4, 5], round.Order()));
        Assert.Equal(4, rounds.Select(round => string.Join(' ', round)).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(order.Batch(2, 4), new SampleOrder(6, seed: 1).Batch(2, 4));
    }

    [Fact]
    public void ACheckpointOfAnotherSeedOrModelIsRefused()
    {
        using var file = new TemporaryFile();
        using (var run = new SmallRun("autoencoder")) run.Loop.Save(file.Path);
        using var otherSeed = new SmallRun("autoencoder", seed: 4);
        var error = Assert.Throws<WeightsException>(() => otherSeed.Loop.Restore(file.Path));
        Assert.Contains("seed 3", error.Message, StringComparison.Ordinal);
        using var otherStage = new SmallRun("high_pass");
        Assert.Contains(
            "another configuration", Assert.Throws<WeightsException>(() => otherStage.Loop.Restore(file.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatDivergesSaysSo()
    {
        using var run = new SmallRun("autoencoder", change: settings => settings with { LearningRate = 1e30, WarmUp = 1 });
        var error = Assert.Throws<TrainingDivergedException>(() => Steps(run, 5));
        Assert.Contains("learning_rate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLearningRateWarmsUpAndFallsAlongACosine()
    {
        var settings = new TrainingSettings { Steps = 110, WarmUp = 10, LearningRate = 1 };
        Assert.Equal([0.1, 0.5, 1], new[] { 0L, 4, 9 }.Select(settings.LearningRateAt), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal(0.5, settings.LearningRateAt(60), 12);
        Assert.InRange(settings.LearningRateAt(109), 1e-6, 1e-3);
        var constant = settings with { Schedule = LearningRateSchedule.Constant };
        Assert.Equal(1, constant.LearningRateAt(109));
    }

    private static StepResult[] Steps(SmallRun run, int count) => [.. Enumerable.Range(0, count).Select(_ => run.Loop.Advance())];
}

[Collection(nameof(Alone))]
public sealed class TrainingMemoryTests
{
    [Theory]
    [InlineData("autoencoder")]
    [InlineData("diffusion")]
    [InlineData("mini_pass", 0.5)]
    public void AStepLeavesNoTensorBehind(string name, double drawn = 0)
    {
        using var run = new SmallRun(name, workers: 2, change: settings => settings with { ScheduledSampling = drawn, ContourWeight = drawn });
        long Live()
        {
            run.Loop.Advance();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return TorchSharp.torch.Tensor.TotalCount;
        }
        var before = Live();
        for (var step = 0; step < 3; step++) Assert.Equal(before, Live());
    }
}
