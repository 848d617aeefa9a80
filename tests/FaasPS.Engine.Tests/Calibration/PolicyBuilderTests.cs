using FaasPS.Engine.Calibration;
using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Tests.Calibration;

public sealed class PolicyBuilderTests
{
    [Fact]
    public void ControlBlocksAreJudgedByTheirNormalisedScore()
    {
        var policy = PolicyBuilder.Build(
            "p", [Control("a.0", 0.51), Control("b.0", -0.51), Control("c.0", null), Control("d.0", -0.5), Control("e.0", 0.5)], new());
        Assert.Equal(
            [
                new("b.0", Verdict.AlwaysSkip), new("d.0", Verdict.DynamicDecision), new("e.0", Verdict.DynamicDecision),
                new("a.0", Verdict.AlwaysRun), new("c.0", Verdict.AlwaysRun),
            ],
            policy.ControlModel);
        Assert.Empty(policy.DiffusionModel);
    }

    [Fact]
    public void ThresholdsMoveTheVerdicts()
    {
        LayerScore[] scores = [Control("a.0", -0.7), Control("b.0", 0.7)];
        Verdict[] With(PolicyRules rules) => [.. PolicyBuilder.Build("p", scores, rules).ControlModel.Select(pair => pair.Value)];
        Assert.Equal([Verdict.AlwaysSkip, Verdict.AlwaysRun], With(new()));
        Assert.Equal([Verdict.DynamicDecision, Verdict.DynamicDecision], With(new() { SkipThreshold = -0.8 }));
        Assert.Equal([Verdict.AlwaysSkip, Verdict.DynamicDecision], With(new() { RunThreshold = 0.8 }));
    }

    [Fact]
    public void OnlySteadyUNetLayersAreDecidedBeforehand()
    {
        // Scores 0..9: the 30th percentile is 2.7, the 80th 7.2; deviations alternate around their median of 0.5.
        var scores = Enumerable.Range(0, 10).Select(i => Diffusion($"l.{i}", i, i % 2));
        var policy = PolicyBuilder.Build("p", [.. scores], new());
        Assert.Equal(["l.0", "l.2"], Named(policy, Verdict.AlwaysSkip));
        Assert.Equal(["l.8"], Named(policy, Verdict.AlwaysRun));
        Assert.Equal(7, Named(policy, Verdict.DynamicDecision).Length);
        Assert.Equal(0.2, policy.MacsSkippable!.Value, 12);
    }

    [Fact]
    public void WithoutAnyDeviationNothingOfTheUNetIsDecidedBeforehand()
    {
        var policy = PolicyBuilder.Build("p", [.. Enumerable.Range(0, 5).Select(i => Diffusion($"l.{i}", i, 0))], new());
        Assert.All(policy.DiffusionModel, pair => Assert.Equal(Verdict.DynamicDecision, pair.Value));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30, 3)]
    [InlineData(100, 10)]
    public void AblationSkipsTheLeastDamageForAShareOfTheWork(double percentile, int skipped)
    {
        // Each unit is about a tenth of the work; even ones do less damage than odd ones.
        var scores = Enumerable.Range(0, 10).Select(i => Ablation($"l.{i}", i % 2 == 0 ? i : 100 + i, 0.0999));
        var policy = PolicyBuilder.Build("p", [.. scores], new() { Percentile = percentile });
        Assert.Equal(
            new[] { 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 }.Take(skipped).Select(i => $"l.{i}"), Named(policy, Verdict.AlwaysSkip));
        Assert.Equal(skipped * 0.0999, policy.MacsSkippable!.Value, 9);
    }

    [Fact]
    public void AblationPrefersTheUnitThatSavesMoreForTheSameDamage()
    {
        var policy = PolicyBuilder.Build("p", [Ablation("small.0", 1, 0.1), Ablation("large.0", 1, 0.3)], new() { Percentile = 30 });
        Assert.Equal(["large.0"], Named(policy, Verdict.AlwaysSkip));
    }

    [Fact]
    public void ScoresThatCannotMakeAPolicyAreNamed()
    {
        void Refused(string told, params LayerScore[] scores) => Assert.Contains(
            told, Assert.Throws<PolicyException>(() => PolicyBuilder.Build("p", scores, new())).Message, StringComparison.Ordinal);
        var one = Diffusion("l.0", 1, 0);
        Refused("no scores");
        Refused("2 scores of Diffusion l.0", one, one);
        Refused("several bands: low_pass, high_pass", one, Diffusion("l.1", 1, 0) with { Band = ControlBand.HighPass });
        Refused("several models: demo, other", one, Diffusion("l.1", 1, 0) with { Model = "other" });
        Refused("several kinds: Energy, Ablation", one, Ablation("l.1", 1, 0.1));
        Refused("l.1 is not a finite number", one, Diffusion("l.1", double.NaN, 0));
        Refused("l.1 has the MacsShare 0", Ablation("l.0", 1, 0.1), Ablation("l.1", 1, 0));
        // The same name in the other network is another unit.
        Assert.Single(PolicyBuilder.Build("p", [one, Control("l.0", 0)], new()).ControlModel);
    }

    [Theory]
    [InlineData(-1, -0.5, null, "Percentile is -1")]
    [InlineData(101, -0.5, null, "Percentile is 101")]
    [InlineData(double.NaN, -0.5, null, "Percentile is NaN")]
    [InlineData(30, 0.5, null, "SkipThreshold is 0.5")]
    [InlineData(30, -0.5, -0.6, "RunThreshold, which is -0.6")]
    public void RulesOutOfRangeAreRefused(double percentile, double skip, double? run, string told)
    {
        var rules = new PolicyRules { Percentile = percentile, SkipThreshold = skip, RunThreshold = run };
        var exception = Assert.Throws<ArgumentException>(() => PolicyBuilder.Build("p", [Diffusion("l.0", 1, 0)], rules));
        Assert.Contains(told, exception.Message, StringComparison.Ordinal);
    }

    private static string[] Named(SkipPolicy policy, Verdict verdict) =>
        [.. policy.DiffusionModel.Where(pair => pair.Value == verdict).Select(pair => pair.Key)];

    private static LayerScore Diffusion(string layer, double score, double stdDev) =>
        new("demo", Network.Diffusion, layer, ControlBand.LowPass, ScoreKind.Energy, score, stdDev, 0, 3, 100, 0.1);

    private static LayerScore Control(string layer, double? normalized) =>
        new("demo", Network.Control, layer, ControlBand.LowPass, ScoreKind.Energy, 1, 0, normalized, 3, 100, 0.1);

    private static LayerScore Ablation(string layer, double score, double share) =>
        new("demo", Network.Diffusion, layer, ControlBand.LowPass, ScoreKind.Ablation, score, 0, 0, 3, 100, share);
}
