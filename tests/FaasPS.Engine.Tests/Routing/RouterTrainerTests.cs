using System.Text.Json;
using FaasPS.Engine.Routing;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Tests.Weights;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Routing;

public sealed class RouterTrainerTests
{
    private static PromptEncoder Encoder() => new(TinyModel.Get(), TinyModel.Tokenizer());

    /// <summary>Without dropout and with all prompts in one batch, training is free of chance and is PyTorch's.</summary>
    [Fact]
    public void TrainingIsPyTorchs()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Fixtures.Path("router", "trained.json")));
        float[] Numbers(string name) => [.. file.RootElement.GetProperty(name).EnumerateArray().Select(number => number.GetSingle())];
        using var scope = NewDisposeScope();
        using var initial = CheckpointFile.Open(Fixtures.Path("tiny", "prompt_router.ckpt"));
        using var generator = new Generator(1, CPU);
        var means = Goldens.Get("router.in").mean([1]);
        using var router = RouterTrainer.Train(
            means, tensor(Numbers("scores")), initial, generator, new RouterTrainingOptions { HoldOut = 0, Dropout = 0 });
        var (before, after, logits) = (Numbers("before"), Numbers("after"), router.Logits(means).data<float>().ToArray());
        for (var i = 0; i < logits.Length; i++)
        {
            Assert.Equal(after[i], logits[i], 1e-4);
            Assert.True(Math.Abs(after[i] - before[i]) > 0.1); // far more than the tolerance
        }
        Assert.Equal(file.RootElement.GetProperty("loss").GetDouble(), router.Training!.TrainError, 1e-5);
        Assert.Equal((4, null), (router.Training.Prompts, router.Training.HoldOutError));
    }

    [Fact]
    public void WhatPromptsHaveInCommonIsLearntAndHoldsForThoseHeldOut()
    {
        using var router = RouterTrainer.Train(Labels(120), Encoder(), new RouterTrainingOptions { Seed = 3 });
        const double variance = 0.16; // of the labels: what guessing their mean would err by
        Assert.InRange(router.Training!.TrainError, 0, variance / 4);
        Assert.InRange(router.Training.HoldOutError!.Value, 0, variance / 3);
        Assert.Equal(120, router.Training.Prompts);
        var (simple, complex) = (router.Score(["a dog 900"], Encoder())[0], router.Score(["intricate castle, baroque 901"], Encoder())[0]);
        Assert.True(simple.IsSimple(router.Threshold));
        Assert.False(complex.IsSimple(router.Threshold));
    }

    [Fact]
    public void TheSameSeedGivesTheSameRouterAndAnotherAnother()
    {
        double Logit(long seed)
        {
            using var router = RouterTrainer.Train(Labels(12), Encoder(), new RouterTrainingOptions { Epochs = 2, BatchSize = 4, Seed = seed });
            return router.Score(["a cat"], Encoder())[0].Logit;
        }
        Assert.Equal(Logit(5), Logit(5));
        Assert.NotEqual(Logit(5), Logit(6));
    }

    [Fact]
    public void OnePromptIsEnoughAndNoneIsNot()
    {
        using var router = RouterTrainer.Train([new("a cat", 0.4)], Encoder(), new RouterTrainingOptions { Epochs = 1 });
        Assert.Equal((1, null), (router.Training!.Prompts, router.Training.HoldOutError));
        Assert.Throws<RouterDataException>(() => RouterTrainer.Train([], Encoder(), new RouterTrainingOptions()));
    }

    [Fact]
    public void TrainingTellsItsProgressAndCanBeCancelled()
    {
        using var stop = new CancellationTokenSource();
        var told = new Told(share =>
        {
            if (share >= 0.5) stop.Cancel();
        });
        Assert.Throws<OperationCanceledException>(
            () => RouterTrainer.Train(Labels(4), Encoder(), new RouterTrainingOptions { Epochs = 4 }, told, stop.Token));
        Assert.Equal([0.25, 0.5], told.Shares);
    }

    [Fact]
    public void LabelsAreReadFromTheReferencesList()
    {
        using var file = new TemporaryFile();
        File.WriteAllText(file.Path, """[{"prompt": "a cat", "complexity_score": 0.25, "note": 1}, {"prompt": "", "complexity_score": 1}]""");
        Assert.Equal([new LabelledPrompt("a cat", 0.25), new LabelledPrompt("", 1)], LabelledPrompt.Read(file.Path));
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[{", "no JSON")]
    [InlineData("{}", "no JSON list")]
    [InlineData("[]", "the list is empty")]
    [InlineData("[3]", "entry 1 has no \"prompt\"")]
    [InlineData("""[{"prompt": "a", "complexity_score": 0.1}, {"prompt": 3}]""", "entry 2 has no \"prompt\"")]
    [InlineData("""[{"prompt": "a"}]""", "entry 1 has no \"complexity_score\"")]
    [InlineData("""[{"prompt": "a", "complexity_score": "0.1"}]""", "entry 1 has no \"complexity_score\"")]
    [InlineData("""[{"prompt": "a", "complexity_score": 1.5}]""", "1.5")]
    [InlineData("""[{"prompt": "a", "complexity_score": NaN}]""", "no JSON")]
    [InlineData("""[{"prompt": "\ud83d", "complexity_score": 0.5}]""", "not valid Unicode")]
    public void LabelsThatAreNoneAreRefusedByTheEntryAtFault(string text, string says)
    {
        using var file = new TemporaryFile();
        File.WriteAllText(file.Path, text);
        var error = Assert.Throws<RouterDataException>(() => LabelledPrompt.Read(file.Path));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Half plain prompts of 0.1 and half intricate ones of 0.9.</summary>
    private static LabelledPrompt[] Labels(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => i % 2 == 0
            ? new LabelledPrompt($"a {(i % 3 == 0 ? "cat" : "dog")} {i}", 0.1)
            : new LabelledPrompt($"intricate {(i % 3 == 0 ? "castle" : "cathedral")}, baroque {i}", 0.9)),
    ];

    private sealed class Told(Action<double> reported) : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value)
        {
            Shares.Add(value);
            reported(value);
        }
    }
}
