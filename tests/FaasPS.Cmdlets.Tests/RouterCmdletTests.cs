using FaasPS.Engine;
using FaasPS.Engine.Fidelity;
using FaasPS.Engine.Routing;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class RouterCmdletTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose() => module.Dispose();

    [Fact]
    public void TheMeanScoreOfAFilesPromptsIsOneLine()
    {
        File.WriteAllLines(module.PathOf("prompts.txt"), ["a cat", "a dog", "a very old castle on a hill, oil on canvas"]);
        var result = module.Invoke("Get-Content prompts.txt | Measure-FaasPromptComplexity | Measure-Object -Property Score -Average");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Warnings);
        var scores = Scores("Get-Content prompts.txt | Measure-FaasPromptComplexity");
        Assert.Equal(3, scores.Length);
        var average = Assert.Single(result.OutputAs<FaasPS.Host.Commands.MeasureInfo>()).Average!.Value;
        Assert.Equal(scores.Average(score => score.Score), average, 1e-12);
    }

    [Fact]
    public void LinesAreTextAndFilesArePrompts()
    {
        File.WriteAllText(module.PathOf("a[1].txt"), " a cat\n");
        File.WriteAllText(module.PathOf("b.txt"), "a dog");
        var cat = Assert.Single(Scores("Measure-FaasPromptComplexity 'a cat'"));
        Assert.Equal(("a cat", null), (cat.Prompt, cat.Source));
        foreach (var files in new[] { "Get-ChildItem *.txt | Measure-FaasPromptComplexity", "Measure-FaasPromptComplexity -Path *.txt" })
        {
            var scores = Scores(files);
            Assert.Equal(["a cat", "a dog"], scores.Select(score => score.Prompt));
            Assert.Equal([module.PathOf("a[1].txt"), module.PathOf("b.txt")], scores.Select(score => score.Source));
            Assert.Equal(cat.Logit, scores[0].Logit, 1e-5);
        }
        Assert.Equal("a dog", Assert.Single(Scores("Get-Content b.txt | Measure-FaasPromptComplexity")).Prompt);
        Assert.Equal("a cat", Assert.Single(Scores("Measure-FaasPromptComplexity -LiteralPath 'a[1].txt'")).Prompt);
    }

    [Theory]
    [InlineData("0", "Complex")]
    [InlineData("1", "Simple")]
    public void TheThresholdDecidesTheRoute(string threshold, string route)
    {
        var score = Assert.Single(Scores($"Measure-FaasPromptComplexity 'a cat' -Threshold {threshold}"));
        Assert.Equal(route, score.Route);
        Assert.Equal(double.Parse(threshold, System.Globalization.CultureInfo.InvariantCulture), score.Threshold);
        Assert.Equal(1 / (1 + Math.Exp(-score.Logit)), score.Score, 1e-12);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("-0.1")]
    public void AThresholdOutOfRangeFailsAtBinding(string threshold)
    {
        var result = module.Invoke($"Measure-FaasPromptComplexity 'a cat' -Threshold {threshold}");
        Assert.Empty(result.Output);
        Assert.Contains(threshold, Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BlankPromptsHaveScoresAndLongOnesAWarning()
    {
        File.WriteAllLines(module.PathOf("prompts.txt"), ["", "   ", string.Concat(Enumerable.Repeat("castle ", 15_000))]);
        var result = module.Invoke("Get-Content prompts.txt | Measure-FaasPromptComplexity");
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Output.Count);
        Assert.Contains("castle", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
        Assert.True(result.Warnings[0].Message.Length < 200);
    }

    [Fact]
    public void ScoresStreamInBatches()
    {
        var seen = 0;
        var first = 0;
        File.WriteAllLines(module.PathOf("prompts.txt"), Enumerable.Range(0, 5).Select(i => $"prompt {i}"));
        module.Session.AddCommand(typeof(CountThroughCommand));
        CountThroughCommand.Passed = () => seen++;
        module.Session.ObjectWritten = _ => first = first == 0 ? seen : first;
        var result = module.Invoke("Get-Content prompts.txt | Count-Through | Measure-FaasPromptComplexity -BatchSize 2");
        Assert.Equal((2, 5), (first, result.Output.Count));
    }

    [Fact]
    public void ARouterIsTakenFromAFileOrAnObject()
    {
        var path = ModuleSession.Fixture("tiny", "prompt_router.ckpt");
        var router = Assert.Single(module.Invoke($"Import-FaasRouter '{path}'").OutputAs<FaasRouter>());
        Assert.Equal(("prompt_router", path, 64L, 0.5), (router.Name, router.Path, router.Width, router.Threshold));
        Assert.Equal((null, null, null), (router.Prompts, router.TrainError, router.HoldOutError));
        WriteRouter("mine.safetensors", width: 128);
        var score = Assert.Single(Scores("Measure-FaasPromptComplexity 'a cat' -Router mine.safetensors"));
        Assert.Equal(0.5, score.Score); // all its weights are zero
    }

    [Theory]
    [InlineData("missing.ckpt", "There is no router")]
    [InlineData("bad.ckpt", "network.0.weight")]
    public void ARouterThatIsNoneIsOneErrorOnUseAndOnImport(string file, string says)
    {
        File.Copy(ModuleSession.Fixture("formats", "mixed.safetensors"), module.PathOf("bad.ckpt"));
        var use = Assert.Single(module.Invoke($"Measure-FaasPromptComplexity 'a cat' -Router {file}").Errors);
        Assert.Contains(says, use.Exception.Message, StringComparison.Ordinal);
        var import = Assert.Single(module.Invoke($"Import-FaasRouter {file}").Errors);
        Assert.Contains(says, import.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(file, import.TargetObject);
    }

    [Fact]
    public void ARouterOfAnotherWidthIsOneErrorThatNamesBoth()
    {
        WriteRouter("other.safetensors", width: 1024);
        File.WriteAllLines(module.PathOf("prompts.txt"), ["a", "b", "c"]);
        var error = Assert.Single(
            module.Invoke("Get-Content prompts.txt | Measure-FaasPromptComplexity -BatchSize 1 -Router other.safetensors").Errors);
        Assert.StartsWith("FaasRouterUnfit", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("1024", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("128", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithoutARouterSaysWhatToDo()
    {
        var name = $"m{Guid.NewGuid():N}";
        File.Copy(ModuleSession.Fixture("tiny", "model.safetensors"), module.PathOf("model.safetensors"));
        File.Copy(ModuleSession.Fixture("tiny", "model_config.yaml"), module.PathOf("model_config.yaml"));
        var vocabulary = ModuleSession.Fixture("tiny");
        module.Invoke($"Import-FaasModel . -Name {name} -Tokenizer '{vocabulary}'");
        var error = Assert.Single(module.Invoke($"Measure-FaasPromptComplexity 'a cat', 'a dog' -Model {name} -BatchSize 1").Errors);
        Assert.StartsWith("FaasRouterUnfit", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("New-FaasRouter", error.Exception.Message, StringComparison.Ordinal);

        // One that is put beside the model is found, and is not taken for a second checkpoint of it.
        File.Copy(ModuleSession.Fixture("tiny", "prompt_router.ckpt"), module.PathOf("prompt_router.ckpt"));
        Assert.Single(Scores($"Measure-FaasPromptComplexity 'a cat' -Model {name}"));
        Assert.Empty(module.Invoke($"Import-FaasModel . -Name {name}").Errors);
        module.Invoke($"Remove-FaasModel {name}");
    }

    [Fact]
    public void TheAnalysisOfScoresAdvisesTheirMedian()
    {
        File.WriteAllLines(module.PathOf("prompts.txt"), Enumerable.Range(0, 9).Select(i => $"prompt {i}"));
        var scores = Scores("Get-Content prompts.txt | Measure-FaasPromptComplexity").Select(score => score.Score).Order().ToArray();
        var analysis = Assert.Single(module.Invoke(
            "Get-Content prompts.txt | Measure-FaasPromptComplexity | Measure-FaasThreshold").OutputAs<ThresholdAnalysis>());
        Assert.Equal((9, scores[0], scores[4], scores[8]), (analysis.Count, analysis.Minimum, analysis.AdvisedThreshold, analysis.Maximum));
    }

    [Fact]
    public void NoScoresAreAnErrorThatSaysWhereTheyComeFrom()
    {
        File.WriteAllText(module.PathOf("empty.txt"), "");
        foreach (var command in new[] { "Measure-FaasThreshold", "Get-Content empty.txt | Measure-FaasThreshold" })
        {
            var error = Assert.Single(module.Invoke(command).Errors);
            Assert.StartsWith("FaasScoreMissing", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("Measure-FaasPromptComplexity", error.Exception.Message, StringComparison.Ordinal);
        }
        Assert.Single(module.Invoke("Measure-FaasThreshold 0.2, 1.2").Errors);
    }

    [Fact]
    public void ARouterIsTrainedOnLabelsAndAdvisesItsThreshold()
    {
        WriteLabels();
        var result = module.Invoke("New-FaasRouter router.safetensors -Path labels.json -Epochs 5 -HoldOut 0.25 -Seed 1");
        Assert.Empty(result.Errors);
        var router = Assert.Single(result.OutputAs<FaasRouter>());
        Assert.Equal((module.PathOf("router.safetensors"), 8, 128L), (router.Path, router.Prompts, router.Width));
        Assert.InRange(router.TrainError!.Value, 0, 1);
        Assert.InRange(router.HoldOutError!.Value, 0, 1);
        Assert.Equal(
            [System.Management.Automation.ProgressRecordType.Completed], result.Progress.TakeLast(1).Select(p => p.RecordType));
        Assert.Equal(["labels.json", "router.safetensors"], module.Files("."));

        // The threshold is the middle of its own prompts' scores: half of them are simple.
        File.WriteAllLines(module.PathOf("prompts.txt"), Enumerable.Range(0, 8).Select(i => $"prompt {i}"));
        var scores = Scores("Get-Content prompts.txt | Measure-FaasPromptComplexity -Router router.safetensors");
        Assert.All(scores, score => Assert.Equal(router.Threshold, score.Threshold));
        Assert.Equal(4, scores.Count(score => score.Route == "Simple"));
    }

    [Fact]
    public void ARouterIsTrainedOnWhatSkippingDidToResults()
    {
        FaasTranslation[] results =
        [
            Result("a cat", 0.875), Result("a dog", 0.75), Result("a cat", 0.625), Result("a castle", 0.25),
            Result("not compared", null), Result("in full", 1, "Complex"),
        ];
        module.Session.AddCommand(typeof(GetRowsCommand));
        GetRowsCommand.Rows = [.. results.Select(System.Management.Automation.PSObject.AsPSObject)];
        var result = module.Invoke("Get-Rows | New-FaasRouter router.safetensors -Epochs 400 -LearningRate 0.001 -HoldOut 0");
        Assert.Equal(["FaasDamageUnknown", "FaasDamageUnknown"], result.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Empty(result.Warnings);
        Assert.Equal(3, Assert.Single(result.OutputAs<FaasRouter>()).Prompts);
        var scores = Scores("Measure-FaasPromptComplexity 'a castle', 'a cat', 'a dog' -Router router.safetensors");
        Assert.True(scores[0].Score > scores[1].Score && scores[0].Score > scores[2].Score); // the most damage
        Assert.InRange(Math.Abs(scores[1].Logit - scores[2].Logit), 0, 0.2); // 1 - SSIM is 0.25 for both
    }

    [Fact]
    public void ResultsThatAreAllAlikeTeachNothing()
    {
        module.Session.AddCommand(typeof(GetRowsCommand));
        GetRowsCommand.Rows =
            [.. new[] { "a", "b", "c" }.Select(prompt => System.Management.Automation.PSObject.AsPSObject(Result(prompt, 0.5)))];
        var result = module.Invoke("Get-Rows | New-FaasRouter router.safetensors -Epochs 1");
        Assert.Contains("nothing to learn", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
        Assert.Single(result.Output);
    }

    [Fact]
    public void WhatIfTrainsNothing()
    {
        WriteLabels();
        var result = module.Invoke("New-FaasRouter router.safetensors -Path labels.json -WhatIf");
        Assert.Empty(result.Output);
        Assert.Equal(["labels.json"], module.Files("."));
    }

    [Theory]
    [InlineData("[]", "router.safetensors", "FaasRouterDataInvalid")]
    [InlineData("no json", "router.safetensors", "FaasRouterDataInvalid")]
    [InlineData(null, "router.safetensors", "FaasFileMissing")]
    [InlineData("""[{"prompt": "a", "complexity_score": 0.5}]""", "none/router.safetensors", "FaasFileMissing")]
    public void LabelsThatAreNoneAreOneError(string? labels, string output, string id)
    {
        if (labels is not null) File.WriteAllText(module.PathOf("labels.json"), labels);
        var result = module.Invoke($"New-FaasRouter {output} -Path labels.json");
        Assert.StartsWith(id, Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(File.Exists(module.PathOf(output)));
    }

    private static FaasTranslation Result(string prompt, double? ssim, string route = "Full") => new()
    {
        SourcePath = "a.png",
        OutputPath = "static_full_a.png",
        PeakMemory = 1,
        Prompt = prompt,
        Band = "low_pass",
        Mode = "Static",
        Route = route,
        Fidelity = ssim is not { } value
            ? null
            : new FaasFidelity("static_full_a.png", null, new FidelityReport(20, value, new Dictionary<ControlBand, double>(), 1)),
        Seed = 1,
        Steps = 1,
        GuidanceScale = 9,
        Sampler = "Ddim",
        Model = "demo",
        Duration = TimeSpan.Zero,
        MacsSaved = 0.2,
        Trace = [],
    };

    private void WriteLabels() => File.WriteAllText(
        module.PathOf("labels.json"),
        $"[{string.Join(", ", Enumerable.Range(0, 8).Select(i => $$"""{"prompt": "prompt {{i}}", "complexity_score": 0.{{i}}}"""))}]");

    /// <summary>A router of zeros as safetensors: the header's length, the header, the numbers.</summary>
    private void WriteRouter(string name, int width)
    {
        var (at, entries) = (0, new List<string>());
        foreach (var (layer, outputs, inputs) in new[] { (0, 256, width), (3, 128, 256), (5, 1, 128) })
        {
            foreach (var (kind, shape, count) in new[] { ("weight", $"{outputs}, {inputs}", outputs * inputs), ("bias", $"{outputs}", outputs) })
            {
                entries.Add(
                    $$"""  "network.{{layer}}.{{kind}}": {"dtype": "F32", "shape": [{{shape}}], "data_offsets": [{{at}}, {{at + (4 * count)}}]}""");
                at += 4 * count;
            }
        }
        var header = System.Text.Encoding.UTF8.GetBytes($"{{{string.Join(", ", entries)}}}");
        File.WriteAllBytes(module.PathOf(name), [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[at]]);
    }

    private FaasPromptScore[] Scores(string command)
    {
        var result = module.Invoke(command);
        Assert.Empty(result.Errors);
        return [.. result.OutputAs<FaasPromptScore>()];
    }
}

/// <summary>Tells of each object that passes.</summary>
[System.Management.Automation.Cmdlet("Count", "Through")]
public sealed class CountThroughCommand : System.Management.Automation.PSCmdlet
{
    public static Action Passed { get; set; } = () => { };

    [System.Management.Automation.Parameter(ValueFromPipeline = true)]
    public System.Management.Automation.PSObject? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        Passed();
        WriteObject(InputObject);
    }
}
