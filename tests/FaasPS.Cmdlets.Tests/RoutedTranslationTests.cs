using System.Globalization;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class RoutedTranslationTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose() => module.Dispose();

    [Theory]
    [InlineData("1", TranslationRoute.Simple, "full_simple_a.png")]
    [InlineData("0", TranslationRoute.Complex, "full_complex_a.png")]
    public void TheRouteIsInTheResultItsNameAndTheVerboseStream(string threshold, TranslationRoute route, string name)
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
        Assert.True(scores[0] < scores[1]);
        var between = ((scores[0] + scores[1]) / 2).ToString(CultureInfo.InvariantCulture);
        for (var i = 0; i < 4; i++) module.AddPicture($"{i}.png", prompts[i % 2]);
        var router = ModuleSession.Fixture("tiny", "prompt_router.ckpt");
        var result = module.Invoke($"Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 -BatchSize 4 -Router '{router}' -Threshold {between}");
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
}
