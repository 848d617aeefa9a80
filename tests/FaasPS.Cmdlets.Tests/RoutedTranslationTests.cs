using System.Globalization;
using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class RoutedTranslationTests : IDisposable
{
    private const string Tiny = "tiny-to-route";

    private readonly ModuleSession module = new();

    public void Dispose()
    {
        module.Invoke($"Remove-FaasModel {Tiny}*");
        module.Dispose();
    }

    [Theory]
    [InlineData("1", "Simple", "full_simple_a.png")]
    [InlineData("0", "Complex", "full_complex_a.png")]
    public void TheRouteIsInTheResultItsNameAndTheVerboseStream(string threshold, string route, string name)
    {
        module.AddPicture("a.png");
        var result = module.Invoke($"Invoke-FaasTranslate a.png -Steps 1 -Threshold {threshold} -Verbose");
        var translation = Assert.Single(result.OutputAs<FaasTranslation>());
        Assert.Equal((route, name), (translation.Route, translation.Name));
        var score = Assert.Single(module.Invoke("Measure-FaasPromptComplexity 'a cat'").OutputAs<FaasPromptScore>());
        Assert.Equal(score.Score, translation.Score!.Value, 1e-9);
        Assert.Contains(result.Verbose, line => line.Message.Contains($"is {route}: ", StringComparison.Ordinal));
    }

    [Fact]
    public void SimpleAndComplexPromptsAreComputedApartInTheOrderTheyCame()
    {
        string[] prompts = ["a cat", "an old castle on a hill, oil on canvas"];
        var scores = prompts.Select(prompt =>
            Assert.Single(module.Invoke($"Measure-FaasPromptComplexity '{prompt}'").OutputAs<FaasPromptScore>()).Score).ToArray();
        Assert.NotEqual(scores[0], scores[1]);
        Array.Sort(scores, prompts);
        var between = ((scores[0] + scores[1]) / 2).ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < 4; i++) module.AddPicture($"{i}.png", prompts[i % 2]);
        var result = module.Invoke($"Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 -BatchSize 4 -Threshold {between}");
        Assert.Empty(result.Errors);
        Assert.Equal(
            ["full_simple_0.png", "full_complex_1.png", "full_simple_2.png", "full_complex_3.png"],
            result.OutputAs<FaasTranslation>().Select(t => t.Name));
    }

    [Fact]
    public void ARouterThatDoesNotFitIsOneErrorForAllPictures()
    {
        module.AddPicture("a.png");
        module.AddPicture("b.png");
        var error = Assert.Single(module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 -Router none.ckpt").Errors);
        Assert.Contains("none.ckpt", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(module.Files());
    }

    [Fact]
    public void WhatIfTellsNoRouteAndWritesNothing()
    {
        module.AddPicture("a.png");
        var result = module.Invoke("Invoke-FaasTranslate a.png -Threshold 0.5 -WhatIf");
        Assert.Empty(result.Output);
        Assert.Contains("translated", Assert.Single(result.Notices), StringComparison.Ordinal);
        Assert.Empty(module.Files());

        // A router's file is read only when a prompt is scored.
        File.WriteAllText(module.PathOf("none.safetensors"), "this is no router");
        Assert.Empty(module.Invoke("Invoke-FaasTranslate a.png -Router none.safetensors -WhatIf").Errors);
    }

    [Fact]
    public void TheBaselineOfAFullRunIsItself()
    {
        module.AddPicture("a.png");
        var translation = Assert.Single(module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -Baseline").OutputAs<FaasTranslation>());
        Assert.Equal((double.PositiveInfinity, 1.0), (translation.Fidelity!.Psnr, translation.Fidelity.Ssim));
        Assert.Equal((translation.OutputPath, null), (translation.Fidelity.Path, translation.Fidelity.ReferencePath));
        Assert.Null(Assert.Single(module.Invoke("Invoke-FaasTranslate a.png -Steps 1").OutputAs<FaasTranslation>()).Fidelity);
        Assert.Equal(["full_full_a.png"], module.Files());
    }

    [Fact]
    public void SimplePromptsSkipAndComplexOnesAreComputedInFull()
    {
        AddPolicy();
        module.AddPicture("a.png");
        var options = $"-Model {Tiny} -Steps 2 -Seed 3";
        var simple = Translate($"Invoke-FaasTranslate a.png {options} -Mode Static -Policy low.json -DeepCacheInterval 2 -Threshold 1");
        var complex = Translate($"Invoke-FaasTranslate a.png {options} -Mode Static -Policy low.json -DeepCacheInterval 2 -Threshold 0");
        var full = Translate($"Invoke-FaasTranslate a.png {options}");
        Assert.Equal(["full_full_a.png", "static_complex_a.png", "static_simple_a.png"], module.Files());
        Assert.True(simple.UnitsSkipped > 0 && simple.UnitsReused > 0);
        Assert.Equal((0, 0, 0.0, null), (complex.UnitsSkipped, complex.UnitsReused, complex.MacsSaved, complex.Policy));
        Assert.Equal(full.Trace.Count, complex.UnitsRun);
        Assert.Equal(ImageReader.Read(full.OutputPath).Pixels.ToArray(), ImageReader.Read(complex.OutputPath).Pixels.ToArray());
    }

    [Fact]
    public void TheBaselineIsTheFullRunOfTheSameSeed()
    {
        AddPolicy();
        module.AddPicture("a.png");
        var options = $"-Model {Tiny} -Steps 2 -Seed 3";
        var skipped = Translate($"Invoke-FaasTranslate a.png {options} -Mode Static -Policy low.json -Baseline");
        module.Invoke($"Invoke-FaasTranslate a.png {options}");
        var compared = Assert.Single(module.Invoke(
            $"Compare-FaasTranslation translated/static_full_a.png translated/full_full_a.png -Model {Tiny}").OutputAs<FaasFidelity>());
        Assert.InRange(skipped.Fidelity!.Psnr, 1, 100);
        Assert.Equal((compared.Psnr, compared.Ssim), (skipped.Fidelity.Psnr, skipped.Fidelity.Ssim));
        Assert.Equal(compared.LatentCosine!.Value, skipped.Fidelity.LatentCosine!.Value, 1e-6);
    }

    [Fact]
    public void ARouterIsTrainedInOnePipelineFromPicturesAndUsedInTheNext()
    {
        AddPolicy();
        foreach (var prompt in new[] { "cat", "dog", "fox" }) module.AddPicture($"{prompt}.png", prompt);
        var trained = module.Invoke(
            $"Get-ChildItem *.png | Invoke-FaasTranslate -Model {Tiny} -Steps 2 -Seed 3 -Mode Static -Policy low.json -Baseline "
            + $"| New-FaasRouter prompt_router.safetensors -Model {Tiny}");
        Assert.Empty(trained.Errors);
        Assert.Empty(trained.Warnings);
        Assert.Equal(3, Assert.Single(trained.OutputAs<FaasRouter>()).Prompts);
        var routed = module.Invoke(
            $"Get-ChildItem *.png | Invoke-FaasTranslate -Model {Tiny} -Steps 1 -Mode Static -Policy low.json "
            + "-Router prompt_router.safetensors -OutputDirectory routed");
        Assert.Single(routed.OutputAs<FaasTranslation>(), t => t.Route == "Simple"); // below the median of three
    }

    /// <summary>The small model under a name, and the reference's policy for it.</summary>
    private void AddPolicy()
    {
        File.Copy(ModuleSession.Fixture("tiny", "policy_low_pass.json"), module.PathOf("low.json"));
        Assert.Empty(module.Invoke(
            $"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.safetensors")}' -Name {Tiny} "
            + $"-Tokenizer '{ModuleSession.Fixture("tiny", "tokenizer", "merges.txt")}'").Errors);
    }

    private FaasTranslation Translate(string command)
    {
        var result = module.Invoke(command);
        Assert.Empty(result.Errors);
        return Assert.Single(result.OutputAs<FaasTranslation>());
    }
}
