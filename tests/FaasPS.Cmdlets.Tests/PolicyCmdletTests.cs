using System.Management.Automation;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Skipping;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class PolicyCmdletTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose()
    {
        module.Invoke("Remove-FaasModel tiny*");
        module.Dispose();
    }

    [Fact]
    public void TheOneLineOfTheReadmeMakesAPolicy()
    {
        var result = module.Invoke("New-FaasPolicy -Band high_pass -Percentile 30");
        Assert.Empty(result.Errors);
        var policy = Assert.Single(result.OutputAs<FaasPolicy>());
        Assert.Equal(("high_pass", "high_pass", "demo"), (policy.Name, policy.Band, policy.Model));
        Assert.Equal(policy.ControlModel.Count + policy.DiffusionModel.Count, policy.Skip + policy.Run + policy.Dynamic);
        Assert.True(policy.Skip > 0);
        Assert.InRange(policy.MacsSkippable!.Value, 0.001, 0.999);
        Assert.True(Test("New-FaasPolicy -Band high_pass | Test-FaasPolicy -Model demo").IsValid);
    }

    [Fact]
    public void TheShippedPoliciesFitTheShippedModel()
    {
        var folder = Path.Combine(ModuleSession.Repository, "policies", "demo");
        var policies = NoErrors(module.Invoke($"Import-FaasPolicy '{folder}/*_pass.json'")).OutputAs<FaasPolicy>().ToArray();
        Assert.Equal(["high_pass", "low_pass", "mid_pass", "mini_pass"], policies.Select(policy => policy.Band));
        Assert.All(policies, policy => Assert.Equal(("demo", policy.Band), (policy.Model, policy.Name)));
        var demo = Path.Combine(ModuleSession.Repository, "models", "demo");
        module.Invoke($"Import-FaasModel '{demo}' -Name tiny-demo");
        var reports = NoErrors(module.Invoke($"Get-ChildItem '{folder}/*_pass.json' | Test-FaasPolicy -Model tiny-demo"))
            .OutputAs<FaasPolicyReport>().ToArray();
        Assert.Equal(4, reports.Length);
        foreach (var (report, policy) in reports.Zip(policies))
        {
            Assert.True(report.IsValid, $"{report.Policy}: run ./build.sh calibrate");
            Assert.Empty(report.Unnamed);
            Assert.Equal(policy.MacsSkippable!.Value, report.MacsSkippable, 9);
        }
    }

    [Fact]
    public void ScoresPipedMakeThePolicyTheRulesAskFor()
    {
        ImportTiny();
        AddPictures();
        var scores = Scores("Measure-FaasLayerScore *.png -Model tiny -Reference");
        Assert.Equal(20, scores.Length);
        Assert.All(scores, score => Assert.Equal(("tiny", "low_pass", 3), (score.Model, score.Band, score.Samples)));

        var policy = Policy(
            "Measure-FaasLayerScore *.png -Model tiny -Reference "
            + "| New-FaasPolicy -Percentile 100 -SkipThreshold 9 -RunThreshold 9 -Name mine");
        Assert.Equal("mine", policy.Name);
        // With such thresholds everything is skipped but the critical blocks and what varies too much.
        Assert.Equal(
            ["input_blocks.1.0", "input_blocks.1.1"],
            policy.Engine.ControlModel.Where(pair => pair.Value != Verdict.AlwaysSkip).Select(pair => pair.Key));
        Assert.DoesNotContain(policy.Engine.DiffusionModel, pair => pair.Value == Verdict.AlwaysRun);
    }

    [Fact]
    public void AScoreWithoutABandIsOneErrorAndTheOthersCount()
    {
        module.Session.AddCommand(typeof(GetRowsCommand));
        GetRowsCommand.Rows =
        [
            new PSObject(new FaasLayerScore { Layer = "input_blocks.1.0" }),
            new PSObject(new FaasLayerScore { Layer = "input_blocks.1.0", Band = "low_pass", Kind = ScoreKind.Ablation, MacsShare = 0.1 }),
        ];
        var result = module.Invoke("Get-Rows | New-FaasPolicy");
        Assert.StartsWith("FaasPolicyInvalid", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("low_pass", Assert.Single(result.OutputAs<FaasPolicy>()).Band);
    }

    [Fact]
    public void EveryBandGetsAPolicyFromOnePassOverThePictures()
    {
        ImportTiny();
        AddPictures();
        var result = module.Invoke(
            "Measure-FaasLayerScore *.png -Model tiny -Band mini_pass, low_pass, MidPass, high-pass -Timestep 500 | New-FaasPolicy");
        Assert.Empty(result.Errors);
        Assert.Equal(["mini_pass", "low_pass", "mid_pass", "high_pass"], result.OutputAs<FaasPolicy>().Select(policy => policy.Name));
    }

    [Fact]
    public void ScoresThatComeWithAModelAreTakenWithoutLoadingAnything()
    {
        AddPictures();
        var folder = Directory.CreateDirectory(module.PathOf("own")).FullName;
        foreach (var file in new[] { "model.safetensors", "model_config.yaml" })
            File.Copy(ModuleSession.Fixture("tiny", file), Path.Combine(folder, file));
        module.Invoke($"Import-FaasModel own -Name tiny -Tokenizer '{ModuleSession.Fixture("tiny")}'");
        var json = Json("Measure-FaasLayerScore *.png -Model tiny -Timestep 500 -Kind Energy, Ablation");
        Directory.CreateDirectory(Path.Combine(folder, "policies"));
        File.WriteAllText(Path.Combine(folder, "policies", "scores.json"), json);

        var shipped = module.Invoke("New-FaasPolicy low_pass 20 -Kind Energy -Model tiny -Verbose");
        Assert.Contains(shipped.Verbose, line => line.Message.Contains("3 pictures", StringComparison.Ordinal));
        var measured = Policy("Measure-FaasLayerScore *.png -Model tiny -Timestep 500 | New-FaasPolicy -Percentile 20");
        Assert.Equal(measured.Engine.DiffusionModel, Assert.Single(shipped.OutputAs<FaasPolicy>()).Engine.DiffusionModel);
        Assert.InRange(Policy("New-FaasPolicy low_pass 20 -Kind Ablation -Model tiny").MacsSkippable!.Value, 0.05, 0.2);
    }

    [Fact]
    public void APolicyGoesToAFileAndComesBack()
    {
        var file = ModuleSession.Fixture("tiny", "policy_low_pass.json");
        var result = module.Invoke($"Import-FaasPolicy '{file}' | Export-FaasPolicy sub/copy.json -PassThru");
        Assert.Empty(result.Errors);
        Assert.Equal("policy_low_pass", Assert.Single(result.OutputAs<FaasPolicy>()).Name);
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(module.PathOf("sub/copy.json")));

        Assert.Empty(module.Invoke($"Import-FaasPolicy '{ModuleSession.Fixture("tiny")}/policy_*.json' | Export-FaasPolicy all").Errors);
        Assert.Equal(8, module.Files("all").Length);
        Assert.Contains("policy_mini_pass_corner.json", module.Files("all"));
    }

    [Fact]
    public void ExportKeepsWhatItShould()
    {
        var one = $"Import-FaasPolicy '{ModuleSession.Fixture("tiny", "policy_low_pass.json")}'";
        var all = $"Import-FaasPolicy '{ModuleSession.Fixture("tiny")}/policy_*.json'";
        module.Invoke($"{one} | Export-FaasPolicy nothing/p.json -WhatIf");
        Assert.False(Directory.Exists(module.PathOf("nothing")));
        File.WriteAllText(module.PathOf("p.json"), "mine");
        AssertError("FaasPolicyExists", $"{one} | Export-FaasPolicy p.json -NoClobber");
        Assert.Equal("mine", File.ReadAllText(module.PathOf("p.json")));
        Assert.Equal(7, module.Invoke($"{all} | Export-FaasPolicy p.json").Errors.Count);
        File.WriteAllText(module.PathOf("bad.json"), """{"control_model": {}, "diffusion_model": {}, "faas": {"name": "../../x"}}""");
        AssertError("FaasPolicyInvalid", "Import-FaasPolicy bad.json | Export-FaasPolicy out");
    }

    [Fact]
    public void OneBadFileIsOneErrorWithItsPlace()
    {
        File.Copy(ModuleSession.Fixture("tiny", "policy_low_pass.json"), module.PathOf("a.json"));
        File.WriteAllText(module.PathOf("b.json"), """{"control_model": {"x": "SKIP"}, "diffusion_model": {}}""");
        var result = module.Invoke("Import-FaasPolicy *.json");
        Assert.Single(result.OutputAs<FaasPolicy>());
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("FaasPolicyInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("control_model, 'x'", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(module.PathOf("b.json"), error.TargetObject);
        Assert.Contains("b.json", AssertBindingError("Test-FaasPolicy b.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void LaterPoliciesWinLayerByLayerOrAsAWhole()
    {
        Write("a.json", """{"control_model": {"x": "ALWAYS_RUN"}, "diffusion_model": {"x": "ALWAYS_RUN", "y": "ALWAYS_RUN"}}""");
        Write("b.json", """{"control_model": {}, "diffusion_model": {"z": "ALWAYS_SKIP", "y": "ALWAYS_SKIP"}}""");
        var byLayer = Policy("Merge-FaasPolicy a.json, b.json");
        Assert.Equal("a+b", byLayer.Name);
        Assert.Equal(["x", "y", "z"], byLayer.Engine.DiffusionModel.Select(pair => pair.Key));
        Assert.Equal(Verdict.AlwaysSkip, byLayer.DiffusionModel["y"]);
        var bySection = Policy("Get-ChildItem *.json | Merge-FaasPolicy -By Section -Name both -Band low_pass");
        Assert.Equal(("both", "low_pass", 1), (bySection.Name, bySection.Band, bySection.ControlModel.Count));
        Assert.Equal(["z", "y"], bySection.Engine.DiffusionModel.Select(pair => pair.Key));

        Write("low.json", """{"control_model": {}, "diffusion_model": {}, "faas": {"band": "low_pass", "model": "one"}}""");
        Write("mid.json", """{"control_model": {}, "diffusion_model": {}, "faas": {"band": "mid_pass", "model": "one"}}""");
        Write("other.json", """{"control_model": {}, "diffusion_model": {}, "faas": {"model": "two"}}""");
        AssertError("FaasPolicyInvalid", "Merge-FaasPolicy low.json, mid.json");
        Assert.Equal("mid_pass", Policy("Merge-FaasPolicy low.json, mid.json -Band mid_pass").Band);
        AssertError("FaasPolicyInvalid", "Merge-FaasPolicy low.json, other.json");
        Assert.Empty(module.Invoke("Get-ChildItem none*.json | Merge-FaasPolicy").Output);
    }

    [Fact]
    public void APolicyIsMeasuredOnPicturesAndPassedOn()
    {
        AddPictures();
        var policy = Policy(
            "New-FaasPolicy -Band low_pass -Percentile 10 | Measure-FaasPolicy -Path 0.png, 1.png -Tolerance 0.05, 0.2 -Steps 4");
        Assert.Equal([0, 0.05, 0.2], policy.Fidelity.Select(point => point.Tolerance));
        Assert.Equal(policy.MacsSkippable!.Value, policy.Fidelity[0].MacsSaved, 6);
        Assert.All(policy.Fidelity, point => Assert.InRange(point.Psnr, 10, 99));
        Assert.True(policy.Fidelity[2].MacsSaved >= policy.Fidelity[1].MacsSaved);

        Write("other.json", """{"control_model": {}, "diffusion_model": {}, "faas": {"model": "other"}}""");
        AssertError("FaasPolicyInvalid", "Measure-FaasPolicy other.json 0.png -Steps 2 -Tolerance 0.1");
    }

    [Fact]
    public void DifferencesAreToldLayerByLayer()
    {
        Write("a.json", """{"control_model": {"x": "ALWAYS_RUN", "y": "ALWAYS_RUN"}, "diffusion_model": {"x": "ALWAYS_RUN"}}""");
        Write("b.json", """{"control_model": {"y": "ALWAYS_SKIP", "x": "ALWAYS_RUN", "z": "ALWAYS_RUN"}, "diffusion_model": {}}""");
        Assert.Equal(
            [
                new("b", Network.Control, "y", Verdict.AlwaysRun, Verdict.AlwaysSkip),
                new("b", Network.Control, "z", null, Verdict.AlwaysRun),
                new("b", Network.Diffusion, "x", Verdict.AlwaysRun, null),
            ],
            module.Invoke("Compare-FaasPolicy a.json b.json").OutputAs<FaasPolicyDifference>());
        Assert.Equal(4, module.Invoke("Compare-FaasPolicy a.json b.json -IncludeEqual").Output.Count);
        Assert.Empty(module.Invoke("Compare-FaasPolicy a.json a.json").Output);
    }

    [Fact]
    public void APolicyOfAnotherModelIsReported()
    {
        Write("p.json", """
            {"control_model": {"input_blocks.4.1": "ALWAYS_SKIP"}, "diffusion_model": {"input_blocks.0.0": "ALWAYS_SKIP"}}
            """);
        ImportTiny();
        var report = Test("Test-FaasPolicy p.json tiny");
        Assert.False(report.IsValid);
        Assert.Equal(["control_model.input_blocks.4.1"], report.Unknown);
        Assert.Equal(["diffusion_model.input_blocks.0.0"], report.NotSkippable);
        Assert.Equal((34, 0.0), (report.Unnamed.Count, report.MacsSkippable));
    }

    [Fact]
    public void ScoresOfAnotherModelAreRefused()
    {
        ImportTiny();
        AddPictures();
        var json = Json("Measure-FaasLayerScore *.png -Model tiny -Timestep 500");
        var policies = Directory.CreateDirectory(module.PathOf("own/policies")).FullName;
        foreach (var file in new[] { "model.safetensors", "model_config.yaml" })
            File.Copy(ModuleSession.Fixture("tiny", file), module.PathOf($"own/{file}"));
        var renamed = json.Replace("input_blocks.5", "input_blocks.9", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(policies, "scores.json"), renamed);
        module.Invoke("Import-FaasModel own -Name tiny2");
        var error = Assert.Single(module.Invoke("New-FaasPolicy -Model tiny2").Errors);
        Assert.StartsWith("FaasPolicyInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("input_blocks.9.0", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutPairsThereIsNothingToMeasure()
    {
        File.Copy(ModuleSession.Fixture("tiny", "image0.png"), module.PathOf("a.png"));
        var errors = module.Invoke("Measure-FaasLayerScore a.png").Errors;
        Assert.Equal(["FaasPromptMissing", "FaasPairMissing"], errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(41, module.Invoke("Measure-FaasLayerScore a.png -Prompt '' -Timestep 500").Output.Count);
        var none = module.Invoke("New-FaasPolicy -Band low_pass -Path nothing.png").Errors;
        Assert.Equal(["FaasFileMissing", "FaasPairMissing"], none.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
    }

    [Theory]
    [InlineData("New-FaasPolicy -Percentile 101")]
    [InlineData("New-FaasPolicy -Band high")]
    [InlineData("New-FaasPolicy -Model nobody")]
    [InlineData("Measure-FaasLayerScore a.png -Timestep 1000")]
    [InlineData("Measure-FaasLayerScore a.png -Band low_pass, high")]
    [InlineData("Measure-FaasLayerScore a.png -Kind Guess")]
    [InlineData("Merge-FaasPolicy nothing.json")]
    public void WhatIsOutOfRangeFailsAtBinding(string command) => AssertBindingError(command);

    [Fact]
    public void ThresholdsThatCrossAreAnError() => AssertError("FaasOptionInvalid", "New-FaasPolicy -Band low_pass -SkipThreshold 1");

    [Fact]
    public void ProgressIsShownAndCompleted()
    {
        AddPictures();
        var records = module.Invoke("Measure-FaasLayerScore *.png -Timestep 500").Progress;
        Assert.Contains(records, record => record.Activity.StartsWith("Scoring the layers of", StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
    }

    private void ImportTiny() => module.Invoke(
        $"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.safetensors")}' -Name tiny "
        + $"-Tokenizer '{ModuleSession.Fixture("tiny")}'");

    private void AddPictures()
    {
        for (var i = 0; i < 3; i++) module.AddPicture($"{i}.png", from: $"image{i}.png");
    }

    private void Write(string file, string json) => File.WriteAllText(module.PathOf(file), json);

    private FaasPolicy Policy(string command) => Assert.Single(NoErrors(module.Invoke(command)).OutputAs<FaasPolicy>());

    private string Json(string command) =>
        Assert.Single(NoErrors(module.Invoke($"{command} | ConvertTo-Json -EnumsAsStrings")).OutputAs<string>());

    private FaasPolicyReport Test(string command) => Assert.Single(NoErrors(module.Invoke(command)).OutputAs<FaasPolicyReport>());

    private FaasLayerScore[] Scores(string command) => [.. NoErrors(module.Invoke(command)).OutputAs<FaasLayerScore>()];

    private static HostResult NoErrors(HostResult result)
    {
        Assert.Empty(result.Errors);
        return result;
    }

    private void AssertError(string id, string command) =>
        Assert.StartsWith(id, Assert.Single(module.Invoke(command).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

    private string AssertBindingError(string command)
    {
        var result = module.Invoke(command);
        Assert.Empty(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.IsAssignableFrom<ParameterBindingException>(error.Exception);
        return error.Exception.Message;
    }
}
