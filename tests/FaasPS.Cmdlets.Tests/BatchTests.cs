using System.Globalization;
using System.Text.Json.Nodes;

namespace FaasPS.Cmdlets.Tests;

/// <summary>Many pictures at once: tables, variants, taking up a batch again, the manifest.</summary>
[Collection("The process's models")]
public sealed class BatchTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose() => module.Dispose();

    [Theory]
    [InlineData("Image", 1)]
    [InlineData("Path", 4)]
    [InlineData("FullName", 2)]
    public void ATableOfPicturesAndSettingsIsTakenByColumnNameAndEmptyCellsSayNothing(string column, int batchSize)
    {
        module.AddPicture("a[1].png", "beside");
        File.WriteAllLines(module.PathOf("jobs.csv"),
        [
            $"{column},prompt,Band,seed",
            "a[1].png,\"a \"\"dog\"\", asleep\",mid_pass,5",
            "a[1].png,a cow,,",
            "a[1].png,,,",
        ]);
        var result = module.Invoke($"Import-Csv jobs.csv | Invoke-FaasTranslate -Steps 1 -BatchSize {batchSize}");

        Assert.Empty(result.Errors);
        var translations = result.OutputAs<FaasTranslation>().ToArray();
        Assert.Equal(
            [("a \"dog\", asleep", "mid_pass"), ("a cow", "high_pass"), ("beside", "high_pass")],
            translations.Select(t => (t.Prompt, t.Band)));
        Assert.Equal(5, translations[0].Seed);
        Assert.Equal(["full_full_a[1].png", "full_full_a[1]_2.png", "full_full_a[1]_3.png"], module.Files());
    }

    [Theory]
    [InlineData("""[{"image": "a.png", "prompt": "a dog", "seed": 5}, {"image": "a.png", "prompt": null, "band": "mid_pass"}]""", "")]
    [InlineData("{\"image\": \"a.png\", \"prompt\": \"a dog\", \"seed\": 5}\n{\"image\": \"a.png\", \"band\": \"mid_pass\"}\n", "")]
    [InlineData("[\n  {\"image\": \"a.png\", \"prompt\": \"a dog\", \"seed\": 5},\n  {\"image\": \"a.png\", \"band\": \"mid_pass\"}\n]", " -Raw")]
    public void JsonIsTakenAsAListAndLineByLine(string json, string raw)
    {
        module.AddPicture("a.png", "beside");
        File.WriteAllText(module.PathOf("jobs.json"), json);
        var result = module.Invoke($"Get-Content jobs.json{raw} | ConvertFrom-Json | Invoke-FaasTranslate -Steps 1");
        Assert.Empty(result.Errors);
        Assert.Equal(
            [("a dog", "high_pass"), ("beside", "mid_pass")], result.OutputAs<FaasTranslation>().Select(t => (t.Prompt, t.Band)));
    }

    [Fact]
    public void ABadRowIsOneErrorAndTheRestGoesOn()
    {
        module.AddPicture("a.png");
        string[] rows = ["image,prompt,seed", "a.png,one,1", "none.png,two,2", ",three,3", "a.png,four,x", "a.png,five,5"];
        File.WriteAllLines(module.PathOf("jobs.csv"), rows);
        var result = module.Invoke("Import-Csv jobs.csv | Invoke-FaasTranslate -Steps 1");
        Assert.Equal(["one", "five"], result.OutputAs<FaasTranslation>().Select(t => t.Prompt));
        Assert.Equal(3, result.Errors.Count);
        Assert.StartsWith("FaasFileMissing", result.Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("none.png", result.Errors[0].Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AResultIsTheNextTranslationsPicture()
    {
        module.AddPicture("a.png");
        var again = Assert.Single(module.Invoke(
            "Invoke-FaasTranslate a.png -Steps 1 -Seed 4 | Invoke-FaasTranslate -Prompt 'at night' -Steps 1 -OutputDirectory second")
            .OutputAs<FaasTranslation>());
        Assert.Equal(
            (module.PathOf("translated/full_full_a.png"), "at night", 4L), (again.SourcePath, again.Prompt, again.Seed));
    }

    [Fact]
    public void NoClobberTakesAStoppedBatchUpAgainAndSaysSo()
    {
        foreach (var name in new[] { "a.png", "b.png", "c.png" }) module.AddPicture(name);
        Directory.CreateDirectory(module.PathOf("translated"));
        foreach (var name in new[] { "a", "c" }) File.WriteAllText(module.PathOf($"translated/full_full_{name}.png"), "mine");
        var result = module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 -NoClobber -Verbose");

        Assert.Empty(result.Errors);
        Assert.Equal("full_full_b.png", Assert.Single(result.OutputAs<FaasTranslation>()).Name);
        Assert.Contains("left 2 picture(s)", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
        Assert.Contains(
            result.Verbose, v => v.Message == $"'{module.PathOf("translated/full_full_c.png")}' exists and is left as it is.");
        Assert.Equal("mine", File.ReadAllText(module.PathOf("translated/full_full_a.png")));
        Assert.Equal("full_full_b.png", (string?)Assert.Single(Manifest())["Name"]);

        module.Invoke("Invoke-FaasTranslate a.png -Steps 1");
        Assert.NotEqual("mine", File.ReadAllText(module.PathOf("translated/full_full_a.png")));
    }

    [Fact]
    public void NoClobberWithNothingToLeaveSaysNothing()
    {
        module.AddPicture("a.png");
        var result = module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -NoClobber");
        Assert.Single(result.Output);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void TheManifestHasALineForEachPictureAndRunsAppend()
    {
        module.AddPicture("a.png", "a cat\nwith a \"hat\"\u2028");
        var first = module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -Count 2 -Seed 3 -Baseline -Mode Adaptive");
        Assert.Empty(first.Errors);
        module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -Seed 9 -Threshold 0");
        var lines = Manifest();
        Assert.Equal(["adaptive_full_a.png", "adaptive_full_a_2.png", "full_complex_a.png"], lines.Select(line => (string?)line["Name"]));
        Assert.Equal([3L, 4, 9], lines.Select(line => (long)line["Seed"]!));
        Assert.All(lines, line => Assert.Equal(module.PathOf("a.png"), (string?)line["Image"]));
        Assert.All(lines, line => Assert.Equal("a cat\nwith a \"hat\"", ((string)line["Prompt"]!).TrimEnd('\u2028')));
        Assert.Equal((null, "Complex"), (lines[0]["Score"], (string?)lines[2]["Route"]));
        var translation = first.OutputAs<FaasTranslation>().First();
        Assert.Equal(translation.MacsSaved, (double)lines[0]["MacsSaved"]!);
        Assert.Equal(translation.Fidelity!.Psnr, double.Parse(lines[0]["Psnr"]!.ToString(), CultureInfo.InvariantCulture));
        Assert.Equal(translation.UnitsRun, (int)lines[0]["UnitsRun"]!);
    }

    [Theory]
    [InlineData("-Seed 12 -Band high_pass -GuidanceScale 3 -Eta 0.5 -ControlScale 1.5 -DynamicThreshold 0.995")]
    [InlineData("-Mode Static -DeepCacheInterval 2 -DeepCacheSchedule Quadratic -SkipPath FaasHighPass")]
    [InlineData("-Mode Adaptive -Tolerance 0.3 -MinFidelity 30 -Width 192 -Fit Crop")]
    public void WhatAManifestLineTellsRepeatsThePictureBitForBit(string settings)
    {
        module.AddPicture("a.png");
        var result = module.Invoke($"Invoke-FaasTranslate a.png -Steps 3 {settings}");
        Assert.Empty(result.Errors);
        var line = Assert.Single(Manifest());
        var parameters = line["Parameters"]!.AsObject().Select(p => $"-{p.Key} '{p.Value}'");
        Assert.Empty(module.Invoke(
            $"Invoke-FaasTranslate -LiteralPath '{line["Image"]}' {string.Join(' ', parameters)} -OutputDirectory again").Errors);
        Assert.Equal(
            File.ReadAllBytes(module.PathOf($"translated/{line["Name"]}")), File.ReadAllBytes(module.PathOf($"again/{line["Name"]}")));
    }

    [Fact]
    public void APictureSaysWhatItWasMadeOf()
    {
        module.AddPicture("a.png", "a cat with a hat");
        Assert.Empty(module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -Seed 77 -Mode Static -DeepCacheInterval 2").Errors);
        var bytes = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(module.PathOf("translated/static_full_a.png")));
        foreach (var (keyword, value) in new[]
        {
            ("Software", "FaasPS "), ("Source", "a.png"), ("Prompt", "a cat with a hat"), ("Seed", "77"), ("Mode", "Static"),
            ("Policy", "high_pass"), ("DeepCacheInterval", "2"), ("Sampler", "Ddim"), ("Model", "demo"), ("Route", "Full"), ("Steps", "1"),
        })
        {
            Assert.True(
                bytes.Contains($"{keyword}\0{value}", StringComparison.Ordinal)
                || bytes.Contains($"{keyword}\0\0\0\0\0{value}", StringComparison.Ordinal),
                $"no {keyword} {value}");
        }
        Assert.DoesNotContain(module.Folder, bytes, StringComparison.Ordinal); // where it was made is nobody's business
    }

    [Fact]
    public void RunsSideBySideShareAManifest()
    {
        Directory.CreateDirectory(module.PathOf("translated"));
        var manifest = ResultManifest.Beside(module.PathOf("translated/a.png"));
        Parallel.For(0, 40, i => ResultManifest.Append(manifest, new JsonObject { ["Name"] = new string('x', 5000), ["Number"] = i }));
        Assert.Equal(Enumerable.Range(0, 40), Manifest().Select(line => (int)line["Number"]!).Order());
    }

    [Fact]
    public void WhatAKilledProcessLeftOfALineStaysALineOfItsOwn()
    {
        Directory.CreateDirectory(module.PathOf("translated"));
        var manifest = ResultManifest.Beside(module.PathOf("translated/a.png"));
        File.WriteAllText(manifest, "{\"Name\": \"ha");
        ResultManifest.Append(manifest, new JsonObject { ["Name"] = "whole" });
        Assert.Equal(["{\"Name\": \"ha", "{\"Name\":\"whole\"}"], File.ReadAllLines(manifest));
    }

    [Fact]
    public void AManifestThatCannotBeWrittenIsAnErrorAndThePictureComesOut()
    {
        module.AddPicture("a.png");
        Directory.CreateDirectory(module.PathOf("translated/results.jsonl"));
        var result = module.Invoke("Invoke-FaasTranslate a.png -Steps 1");
        Assert.Single(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("FaasOutputUnwritable", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(module.PathOf("translated/results.jsonl"), error.TargetObject);
    }

    [Fact]
    public void AStoppedBatchLeavesWholeLinesAndPicturesOnly()
    {
        for (var i = 0; i < 200; i++) module.AddPicture($"{i}.png");
        using var stop = new CancellationTokenSource();
        var seen = 0;
        module.Session.ObjectWritten = _ =>
        {
            if (++seen == 3) stop.CancelAfter(20);
        };
        var result = module.Session.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1", stop.Token);
        Assert.True(result.WasStopped);
        Assert.InRange(seen, 3, 199);
        Assert.Equal(module.Files(), Manifest().Select(line => (string)line["Name"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ResultsAreWordsAndNumbersInJson()
    {
        module.AddPicture("a.png");
        var json = Assert.Single(module.Invoke(
            "Invoke-FaasTranslate a.png -Steps 1 -Threshold 1 | Select-Object Name, Mode, Route, Sampler, Band | ConvertTo-Json -Compress")
            .OutputAs<string>());
        Assert.Equal("""{"Name":"full_simple_a.png","Mode":"Full","Route":"Simple","Sampler":"Ddim","Band":"high_pass"}""", json);
    }

    private JsonObject[] Manifest() =>
        [.. File.ReadAllLines(module.PathOf("translated/results.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];
}
