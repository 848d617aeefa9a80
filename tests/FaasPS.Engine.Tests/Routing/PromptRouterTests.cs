using FaasPS.Engine.Routing;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Tests.Weights;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Routing;

public sealed class PromptRouterTests
{
    private static PromptRouter Reference() => PromptRouter.Load(Fixtures.Path("tiny", "prompt_router.ckpt"));

    private static PromptEncoder Encoder() => new(TinyModel.Get(), TinyModel.Tokenizer());

    [Fact]
    public void LogitsMeetTheReference()
    {
        using var scope = NewDisposeScope();
        using var router = Reference();
        var logits = router.Logits(Goldens.Get("router.in").mean([1])).unsqueeze(1);
        Goldens.AssertClose("router.logit", logits);
        Goldens.AssertClose("router.logit_2d", logits);
        Assert.Equal((64, null, 0.5), (router.Width, router.Training, router.Threshold));
    }

    [Fact]
    public void ScoresOfTokensMeetTheReference()
    {
        using var scope = NewDisposeScope();
        using var router = Reference();
        var ids = Goldens.Get("text.ids").data<float>().Select(id => (int)id).ToArray();
        var means = Encoder().Means([.. ids.Chunk(77).Select(row => new TokenizedPrompt(row, 77, 77))]); // rows 0 to 2 of router.in
        var scores = router.Logits(means).data<float>().Select(logit => new PromptScore("", logit, false).Value).ToArray();
        var expected = Goldens.Get("router.score").data<float>().ToArray();
        Assert.Equal(3, scores.Length);
        for (var i = 0; i < scores.Length; i++) Assert.Equal(expected[i], scores[i], 2e-6);
    }

    [Fact]
    public void AScoreDoesNotDependOnTheOthersInTheBatch()
    {
        using var router = Reference();
        string[] prompts = ["a cat", "", "   ", "a painting of a fox in the style of Monet, intricate, 8k", new string('x', 100_000)];
        var together = router.Score(prompts, Encoder());
        Assert.Equal(prompts, together.Select(score => score.Prompt));
        foreach (var (score, alone) in together.Zip(prompts.Select(prompt => router.Score([prompt], Encoder())[0])))
        {
            Assert.Equal(alone.Logit, score.Logit, 1e-5);
            Assert.InRange(score.Value, 0, 1);
        }
        Assert.Equal(together[1].Logit, together[2].Logit, 1e-5); // blanks say nothing
        Assert.Equal([false, false, false, false, true], together.Select(score => score.Truncated));
        Assert.Empty(router.Score([], Encoder()));
    }

    [Fact]
    public void BelowTheThresholdIsSimple()
    {
        var score = new PromptScore("", 0, false);
        Assert.Equal(0.5, score.Value);
        Assert.Equal([false, false, true], new[] { 0.0, 0.5, 0.51 }.Select(score.IsSimple));
    }

    [Fact]
    public void ARouterIsWrittenAndReadWithWhatIsKnownOfIt()
    {
        using var file = new TemporaryFile();
        var training = new RouterTraining(40, 0.0125, null, 0.61);
        using (var scope = NewDisposeScope())
        using (var made = new PromptRouter(PromptRouter.Parameters(Random(64)), training)) made.Save(file.Path);
        using var read = PromptRouter.Load(file.Path);
        Assert.Equal((training, 0.61), (read.Training, read.Threshold));
        using var expected = new PromptRouter(PromptRouter.Parameters(Random(64)));
        Assert.Equal(expected.Score(["a cat"], Encoder())[0].Logit, read.Score(["a cat"], Encoder())[0].Logit);
    }

    [Fact]
    public void KeysMayHaveAPrefix()
    {
        using var scope = NewDisposeScope();
        using var file = new TemporaryFile();
        string[] names = ["0.weight", "0.bias", "3.weight", "3.bias", "5.weight", "5.bias"];
        Safetensors.Write(file.Path, names.Select(n => $"model.router.network.{n}").Zip(PromptRouter.Parameters(Random(64))));
        using var router = PromptRouter.Load(file.Path);
        Assert.Equal(64, router.Width);
    }

    [Fact]
    public void ARouterOfAnotherWidthIsRefusedNamingBoth()
    {
        using var router = new PromptRouter(PromptRouter.Parameters(Random(1024)));
        var error = Assert.Throws<RouterException>(() => router.Score(["a cat"], Encoder()));
        Assert.Contains("1024", error.Message, StringComparison.Ordinal);
        Assert.Contains("64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileWithoutARouterIsRefusedByName()
    {
        var path = Fixtures.Path("tiny", "model.safetensors");
        var error = Assert.Throws<WeightsException>(() => PromptRouter.Load(path));
        Assert.Contains("network.0.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Weights of a router that reads embeddings of a width.</summary>
    private static WeightScope Random(long width)
    {
        NativeRuntime.Load();
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal)
        {
            ["network.0.weight"] = [256, width],
            ["network.0.bias"] = [256],
            ["network.3.weight"] = [128, 256],
            ["network.3.bias"] = [128],
            ["network.5.weight"] = [1, 128],
            ["network.5.bias"] = [1],
        };
        return new WeightScope(new RandomWeights(3, shapes), float32, CPU);
    }
}
