using FaasPS.Engine;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Tests;

/// <summary>Invoke-FaasTranslate in the modes that leave things out.</summary>
[Collection("The process's models")]
public sealed class SkippingTests : IDisposable
{
    private const string Tiny = "tiny-without-policies";

    private readonly ModuleSession module = new();

    public SkippingTests()
    {
        module.AddPicture("a.png");
        File.Copy(ModuleSession.Fixture("tiny", "policy_low_pass.json"), module.PathOf("low.json"));
        Assert.Empty(module.Invoke(
            $"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.safetensors")}' -Name {Tiny} "
            + $"-Tokenizer '{ModuleSession.Fixture("tiny", "tokenizer", "merges.txt")}'").Errors);
    }

    public void Dispose()
    {
        module.Invoke($"Remove-FaasModel {Tiny}");
        module.Dispose();
    }

    [Fact]
    public void StaticSkipsByThePolicysFile()
    {
        var t = Translate("-Mode Static -Policy low.json");
        Assert.Equal(("Static", "low", 2 * 2, 0), (t.Mode, t.Policy, t.UnitsSkipped, t.UnitsReused));
        Assert.Equal(t.Trace.Count - t.UnitsSkipped, t.UnitsRun);
        Assert.InRange(t.MacsSaved, 0.001, 0.5);
        Assert.Equal(["static_full_a.png"], module.Files());
    }

    [Fact]
    public void AdaptiveReusesWithAndWithoutAPolicy()
    {
        var (all, named) = (Translate("-Mode Adaptive -Tolerance 0.1", steps: 6), Translate("-Mode Adaptive -Policy low.json", steps: 6));
        Assert.Null(all.Policy);
        Assert.True(all.UnitsReused > 0 && all.MacsSaved > 0);
        Assert.Equal((2 * 6, "low"), (named.UnitsSkipped, named.Policy));
    }

    [Fact]
    public void AnyDeepCacheParameterTurnsItOnInAnyMode()
    {
        var t = Translate("-DeepCacheBranch 1", steps: 3);
        Assert.Equal([false, true, true], t.Trace.GroupBy(row => row.Step).Select(step => step.Any(row => row.Reason == "deepcache")));
        Assert.Equal("Full", t.Mode);
        Assert.InRange(t.MacsSaved, 0.05, 0.9);
        var late = Translate("-Mode Static -Policy low.json -DeepCacheInterval 2 -DeepCacheStart 500", steps: 4);
        Assert.Equal([3], late.Trace.Where(row => row.Reason == "deepcache").Select(row => row.Step).Distinct());
    }

    [Fact]
    public void AFloorIsEstimatedAndToldOf()
    {
        var t = Translate("-Mode Adaptive -Tolerance 0.1 -MinFidelity 20", steps: 8);
        Assert.True(t.EstimatedPsnr >= 20);
        Assert.Contains(t.Trace, row => row.Reason == "check");
        Assert.Null(Translate("-Mode Adaptive", steps: 1).EstimatedPsnr);
    }

    [Fact]
    public void VerboseTellsThePolicyAndWhatWasSaved()
    {
        var lines = module.Invoke($"Invoke-FaasTranslate a.png -Model {Tiny} -Mode Static -Policy low.json -Steps 1 -Verbose")
            .Verbose.Select(record => record.Message).ToArray();
        Assert.Contains(lines, line => line.Contains("Static mode, policy 'low'", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Saved ", StringComparison.Ordinal) && line.Contains("skipped 2", StringComparison.Ordinal));
    }

    [Fact]
    public void StaticWithoutAPolicySaysHowToMakeOne()
    {
        var result = module.Invoke($"Invoke-FaasTranslate a.png -Model {Tiny} -Mode Static -Steps 1");
        Assert.Empty(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("FaasPolicyInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("New-FaasPolicy -Band low_pass", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherModelsPolicyIsRefusedByNameAndNothingIsWritten()
    {
        File.WriteAllText(module.PathOf("large.json"), """{"control_model": {}, "diffusion_model": {"input_blocks.11.0": "ALWAYS_SKIP"}}""");
        File.WriteAllText(module.PathOf("named.json"), """{"control_model": {}, "diffusion_model": {}, "faas": {"model": "other"}}""");
        foreach (var (policy, part) in new[] { ("large", "input_blocks.11.0"), ("named", "'other'") })
        {
            var result = module.Invoke($"Invoke-FaasTranslate a.png -Model {Tiny} -Mode Static -Policy {policy}.json -Steps 1");
            var error = Assert.Single(result.Errors);
            Assert.StartsWith("FaasPolicyInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains($"'{policy}'", error.Exception.Message, StringComparison.Ordinal);
            Assert.Contains(part, error.Exception.Message, StringComparison.Ordinal);
        }
        Assert.Empty(module.Files());
    }

    [Fact]
    public void ABranchThatTheModelLacksIsRefused()
    {
        var error = Assert.Single(module.Invoke($"Invoke-FaasTranslate a.png -Model {Tiny} -DeepCacheBranch 8 -Steps 1").Errors);
        Assert.StartsWith("FaasOptionInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("from 0 to 7", error.Exception.Message, StringComparison.Ordinal);
    }

    private FaasTranslation Translate(string parameters, int steps = 2)
    {
        var result = module.Invoke($"Invoke-FaasTranslate a.png -Model {Tiny} -Seed 3 -Steps {steps} {parameters}");
        Assert.Empty(result.Errors);
        return Assert.Single(result.OutputAs<FaasTranslation>());
    }
}
