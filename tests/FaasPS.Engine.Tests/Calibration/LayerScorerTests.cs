using FaasPS.Engine.Calibration;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Text;

namespace FaasPS.Engine.Tests.Calibration;

public sealed class LayerScorerTests
{
    private static readonly ScoringOptions Quick = new() { Bands = [ControlBand.LowPass], Timesteps = [500] };

    private static readonly Lazy<PromptEncoder> Prompts = new(() => new PromptEncoder(TinyModel.Get(), TinyModel.Tokenizer()));

    [Fact]
    public void EveryUnitIsScoredWithItsMacs()
    {
        var scores = Score(Quick, Pair(0), Pair(1));
        Assert.Equal(34, scores.Count);
        Assert.Equal(14, scores.Count(score => score.Layer.StartsWith("output_blocks", StringComparison.Ordinal)));
        Assert.All(scores, score => Assert.True(score is { Samples: 2, Model: "tiny", Macs: > 0, Score: > 0, MacsShare: > 0 and < 0.2 }));
        Assert.InRange(scores.Sum(score => score.MacsShare), 0.7, 1);
    }

    [Fact]
    public void OutputBlocksChangeNothingBeforeThem()
    {
        var without = Score(Quick with { OutputBlocks = false }, Pair(0));
        Assert.Equal(20, without.Count);
        var with = Score(Quick, Pair(0)).ToDictionary(score => (score.Network, score.Layer));
        Assert.All(without, score => Assert.Equal(score.Score, with[(score.Network, score.Layer)].Score));
    }

    [Theory]
    [InlineData(ScoreKind.Energy)]
    [InlineData(ScoreKind.Ablation)]
    public void SomeLayersAloneScoreAsTheyDoAmongAll(ScoreKind kind)
    {
        var all = Score(Quick with { Kind = kind }, Pair(0));
        var some = Score(Quick with { Kind = kind, Layers = ["middle_block.1", "output_blocks.3.0", "nothing"] }, Pair(0));
        Assert.Equal(
            [(Network.Control, "middle_block.1"), (Network.Diffusion, "middle_block.1"), (Network.Diffusion, "output_blocks.3.0")],
            some.Select(score => (score.Network, score.Layer)));
        Assert.All(some, score => Assert.Equal(score.Score, all.Single(s => (s.Network, s.Layer) == (score.Network, score.Layer)).Score));
        Assert.Equal(0, some[1].NormalizedScore!.Value + some[2].NormalizedScore!.Value, 6); // compared with one another
    }

    [Fact]
    public void OnePairAtOneTimestepHasNoDeviation()
    {
        var scores = Score(Quick, Pair(0));
        Assert.All(scores, score => Assert.Equal(0, score.StdDev));
        Assert.All(PolicyBuilder.Build("p", scores, new()).DiffusionModel, pair => Assert.Equal(Verdict.DynamicDecision, pair.Value));
    }

    [Fact]
    public void TheSamePairTwiceCountsTwiceAndChangesNoMean()
    {
        var (once, twice) = (Score(Quick, Pair(0)), Score(Quick, Pair(0), Pair(0)));
        Assert.Equal(once.Select(score => score.Score), twice.Select(score => score.Score));
        Assert.All(twice, score => Assert.True(score is { Samples: 2, StdDev: 0 }));
    }

    [Fact]
    public void NoPairIsRefused() =>
        Assert.Contains("no pair", Assert.Throws<ArgumentException>(() => Score(Quick)).Message, StringComparison.Ordinal);

    [Fact]
    public void NoisedLatentsAreSeeded()
    {
        var noised = Quick with { NoisedLatents = true, Network = Network.Control };
        var first = Score(noised, Pair(0, seed: 1));
        Assert.Equal(first, Score(noised, Pair(0, seed: 1)));
        Assert.NotEqual(first, Score(noised, Pair(0, seed: 2)));
        Assert.NotEqual(first, Score(noised with { NoisedLatents = false }, Pair(0, seed: 1)));
    }

    [Theory]
    [InlineData(Network.Control, 10)]
    [InlineData(Network.Diffusion, 24)]
    public void OneNetworkAloneIsScoredAsBesideTheOther(Network network, int units)
    {
        var alone = Score(Quick with { Network = network }, Pair(0));
        Assert.Equal(units, alone.Count);
        Assert.Equal(Score(Quick, Pair(0)).Where(score => score.Network == network), alone);
    }

    [Fact]
    public void AblationIsTheChangeOfThePredictionWithoutTheUnit()
    {
        var scores = Score(Quick with { Kind = ScoreKind.Ablation }, Pair(0));
        Assert.Equal(34, scores.Count);
        // Each residual of a random model matters, and none turns the prediction upside down.
        Assert.All(scores, score => Assert.InRange(score.Score, 1e-6, 2));
        Assert.Equal(34, scores.Select(score => score.Score).Distinct().Count());
    }

    [Theory]
    [InlineData(ScoreKind.Energy, 4)]
    [InlineData(ScoreKind.Ablation, 20)]
    public void ProgressRisesToOneAndCancellingStopsIt(ScoreKind kind, int passes)
    {
        var options = Quick with { Kind = kind, OutputBlocks = false, Bands = kind == ScoreKind.Energy ? ControlBands.All : Quick.Bands };
        var progress = new Shares();
        Score(options, progress, default, Pair(0));
        Assert.Equal(Enumerable.Range(1, passes).Select(i => i / (double)passes), progress.Values);

        using var source = new CancellationTokenSource();
        var stopping = new Shares(() => source.Cancel());
        Assert.Throws<OperationCanceledException>(() => Score(options, stopping, source.Token, Pair(0)));
        Assert.Single(stopping.Values);
    }

    [Fact]
    public void OptionsOutOfRangeAreNamed()
    {
        void Refused(string told, ScoringOptions options) =>
            Assert.Contains(told, Assert.Throws<ArgumentException>(() => Score(options, Pair(0))).Message, StringComparison.Ordinal);
        Refused("Bands is empty", Quick with { Bands = [] });
        Refused("names a band twice", Quick with { Bands = [ControlBand.LowPass, ControlBand.LowPass] });
        Refused("Timesteps is empty", Quick with { Timesteps = [] });
        Refused("Timesteps has 1000", Quick with { Timesteps = [100, 1000] });
    }

    private static TranslationInput Pair(int i, long seed = 1) =>
        new(ImageReader.Read(Fixtures.Path("tiny", $"image{i}.png")), "a cat", seed);

    private static IReadOnlyList<LayerScore> Score(ScoringOptions options, params TranslationInput[] pairs) =>
        Score(options, null, default, pairs);

    private static IReadOnlyList<LayerScore> Score(
        ScoringOptions options, IProgress<double>? progress, CancellationToken cancellation, params TranslationInput[] pairs) =>
        new LayerScorer(TinyModel.Get(), "tiny").Score(Prompts.Value, pairs, options, progress, cancellation);

    private sealed class Shares(Action? reported = null) : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value)
        {
            Values.Add(value);
            reported?.Invoke();
        }
    }
}
