using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class InvokeFaasTranslateTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose() => module.Dispose();

    [Fact]
    public void PicturesFromThePipelineAreTranslatedByThePromptsBesideThem()
    {
        module.AddPicture("a.png", "a red cat");
        module.AddPicture("b.png", "a blue dog");
        var result = module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 2 -Seed 1");

        Assert.Empty(result.Errors);
        var translations = result.OutputAs<FaasTranslation>().ToArray();
        Assert.Equal(["a red cat", "a blue dog"], translations.Select(t => t.Prompt));
        Assert.Equal(["full_full_a.png", "full_full_b.png"], module.Files());
        Assert.Equal(module.PathOf("translated/full_full_a.png"), translations[0].OutputPath);
        Assert.Equal((64, 64), (ImageReader.Read(translations[0].OutputPath).Width, ImageReader.Read(translations[0].OutputPath).Height));
    }

    [Theory]
    [InlineData("a.jfif", "full_full_a.png")]
    [InlineData("a.JPG", "full_full_a.JPG")]
    public void AResultIsAPngWhereTheSourcesExtensionTellsNothing(string source, string name)
    {
        module.AddPicture(source);
        var result = module.Invoke($"Invoke-FaasTranslate {source} -Steps 1");
        Assert.Empty(result.Errors);
        Assert.Equal(name, Assert.Single(result.OutputAs<FaasTranslation>()).Name);
        Assert.Equal(64, ImageReader.Read(module.PathOf($"translated/{name}")).Width);
    }

    [Fact]
    public void AResultCarriesWhatRepeatsItAndWhatItTook()
    {
        module.AddPicture("a.png");
        var t = Assert.Single(
            module.Invoke("Invoke-FaasTranslate a.png -Steps 2 -Band high_pass -GuidanceScale 3 -Seed 12").OutputAs<FaasTranslation>());
        Assert.Equal(("high_pass", 12L, 2, 3.0, "demo"), (t.Band, t.Seed, t.Steps, t.GuidanceScale, t.Model));
        Assert.Equal(("Full", "Full", "Ddim", null), (t.Mode, t.Route, t.Sampler, t.Score));
        Assert.Equal((t.Trace.Count, 0, 0, 0.0), (t.UnitsRun, t.UnitsSkipped, t.UnitsReused, t.MacsSaved));
        Assert.All(t.Trace, row => Assert.Equal(Treatment.Run, row.Treatment));
        Assert.True(t.Duration > TimeSpan.Zero);
    }

    [Fact]
    public void LowMemoryGivesTheSamePictureAndTilesNearlyTheSame()
    {
        module.AddPicture("a.png");
        FaasTranslation Run(string options) => Assert.Single(module.Invoke(
            $"Invoke-FaasTranslate a.png -Steps 1 -Seed 3 -Width 256 -Height 256 {options}").OutputAs<FaasTranslation>());
        var whole = File.ReadAllBytes(Run("-OutputDirectory whole").OutputPath);
        Assert.Equal(whole, File.ReadAllBytes(Run("-OutputDirectory low -LowMemory").OutputPath));
        var tiled = Run("-OutputDirectory tiled -TileSize 192");
        Assert.NotEqual(whole, File.ReadAllBytes(tiled.OutputPath));
        Assert.InRange(FaasPS.Engine.Fidelity.FidelityMeasure.Compare(
            ImageReader.Read(tiled.OutputPath), ImageReader.Read(module.PathOf("whole/full_full_a.png"))).Psnr, 25, 60);
        Assert.InRange(tiled.PeakMemory, 50_000_000, Environment.WorkingSet + 2_000_000_000);
        var line = File.ReadAllText(module.PathOf("tiled/results.jsonl"));
        Assert.Contains("\"TileSize\":192", line, StringComparison.Ordinal); // it is part of what repeats the picture
        Assert.Contains($"\"PeakMemory\":{tiled.PeakMemory}", line, StringComparison.Ordinal);
    }

    [Fact]
    public void ATileSizeThatDoesNotFitIsRefusedByName()
    {
        module.AddPicture("a.png");
        var error = Assert.Single(module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -TileSize 100").Errors);
        Assert.StartsWith("FaasOptionInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("TileSize is 100", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheFirstResultIsOutBeforeTheThirdIsComputed()
    {
        foreach (var name in new[] { "a.png", "b.png", "c.png" }) module.AddPicture(name);
        var seen = new List<string[]>();
        module.Session.ObjectWritten = _ => seen.Add(module.Files());
        module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1");
        Assert.Equal([1, 2, 3], seen.Select(files => files.Length));
    }

    [Fact]
    public void ABatchIsOutBeforeTheNextIsComputed()
    {
        foreach (var name in new[] { "a.png", "b.png", "c.png", "d.png", "e.png" }) module.AddPicture(name);
        var seen = new List<int>();
        module.Session.ObjectWritten = _ => seen.Add(module.Files().Length);
        var result = module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 -BatchSize 2 -Verbose");
        Assert.Equal([1, 2, 3, 4, 5], seen);
        Assert.Equal(3, result.Verbose.Count(record => record.Message.StartsWith("Translating '", StringComparison.Ordinal)));
    }

    [Fact]
    public void OneBadPictureIsOneErrorAndTheRestGoesOn()
    {
        module.AddPicture("a.png");
        File.WriteAllText(module.PathOf("b.png"), "no picture");
        File.WriteAllText(module.PathOf("b.txt"), "a prompt");
        module.AddPicture("c.png");
        var result = module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1");

        Assert.Equal(2, result.Output.Count);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("FaasImageInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(module.PathOf("b.png"), error.TargetObject);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
    }

    [Fact]
    public void AFolderAmongTheFilesIsAnErrorThatSaysWhatToDo()
    {
        module.AddPicture("a.png");
        Directory.CreateDirectory(module.PathOf("folder.png"));
        var result = module.Invoke("Invoke-FaasTranslate *.png -Steps 1");
        Assert.Single(result.Output);
        Assert.StartsWith("FaasPathIsDirectory", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesWithBracketsWorkLiterallyAndFromThePipeline()
    {
        module.AddPicture("a[1].png");
        Assert.Single(module.Invoke("Invoke-FaasTranslate -LiteralPath 'a[1].png' -Steps 1 -OutputDirectory one").Output);
        Assert.Single(module.Invoke(
            "Get-ChildItem | Select-Object -First 9 | Get-ChildItem -Filter *.png | "
            + "Invoke-FaasTranslate -Steps 1 -OutputDirectory two").Output);
        Assert.Equal(["full_full_a[1].png"], module.Files("one"));
        Assert.Equal(["full_full_a[1].png"], module.Files("two"));
    }

    [Fact]
    public void ARelativeOutputFolderFollowsTheSessionsLocation()
    {
        module.AddPicture("sub/a.png");
        module.Session.Location = module.PathOf("sub");
        module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -OutputDirectory results");
        Assert.Equal(["full_full_a.png"], module.Files("sub/results"));
    }

    [Fact]
    public void WithoutAPromptAPictureIsAnError()
    {
        module.AddPicture("a.png", prompt: null);
        var result = module.Invoke("Invoke-FaasTranslate a.png -Steps 1");
        Assert.Empty(result.Output);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("FaasPromptMissing", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("a.txt", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(module.Files());
    }

    [Fact]
    public void AnEmptyPromptIsAPrompt()
    {
        module.AddPicture("a.png", prompt: null);
        Assert.Equal("", Assert.Single(module.Invoke("Invoke-FaasTranslate a.png -Prompt '' -Steps 1").OutputAs<FaasTranslation>()).Prompt);
    }

    [Fact]
    public void APromptTooLongIsCutWithAWarning()
    {
        module.AddPicture("a.png", string.Join(' ', Enumerable.Repeat("castle", 10_000)));
        var result = module.Invoke("Invoke-FaasTranslate a.png -Steps 1");
        Assert.Single(result.Output);
        Assert.Contains("left out", Assert.Single(result.Warnings).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void VariantsHaveSeedsAndNamesOfTheirOwn()
    {
        module.AddPicture("a.png");
        var result = module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -Count 3 -Seed 7 -BatchSize 2");
        Assert.Equal([7L, 8L, 9L], result.OutputAs<FaasTranslation>().Select(t => t.Seed));
        Assert.Equal(["full_full_a.png", "full_full_a_2.png", "full_full_a_3.png"], module.Files());
        Assert.NotEqual(
            File.ReadAllBytes(module.PathOf("translated/full_full_a.png")),
            File.ReadAllBytes(module.PathOf("translated/full_full_a_2.png")));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    public void ASeedThatIsNoneFailsAtBinding(string seed)
    {
        module.AddPicture("a.png");
        var error = Assert.Single(module.Invoke($"Invoke-FaasTranslate a.png -Seed '{seed}'").Errors);
        Assert.Contains(seed, error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(module.Files());
    }

    [Fact]
    public void PicturesOfOneNameFromTwoFoldersDoNotOverwriteEachOther()
    {
        module.AddPicture("one/a.png");
        module.AddPicture("two/a.png", from: "image1.png");
        module.Invoke("Invoke-FaasTranslate one/a.png, two/a.png -Steps 1");
        Assert.Equal(["full_full_a.png", "full_full_a_2.png"], module.Files());
    }

    [Fact]
    public void AnOutputFolderThatCannotBeMadeIsOneErrorAndLeavesNothing()
    {
        module.AddPicture("a.png");
        File.WriteAllText(module.PathOf("file"), "");
        var result = module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -OutputDirectory file/below");
        Assert.Empty(result.Output);
        Assert.StartsWith("FaasOutputUnwritable", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(module.PathOf("file")));
    }

    [Fact]
    public void AnUnknownBandFailsAtBindingAndListsTheValidOnes()
    {
        module.AddPicture("a.png");
        var result = module.Invoke("Invoke-FaasTranslate a.png -Band upper_pass");
        Assert.Contains(
            "mini_pass, low_pass, mid_pass, high_pass", Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void SizesThatDoNotFitTheModelAreRefusedByName()
    {
        module.AddPicture("a.png");
        var error = Assert.Single(module.Invoke("Invoke-FaasTranslate a.png -Width 100 -Steps 1").Errors);
        Assert.StartsWith("FaasOptionInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("multiple of 16", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProgressIsNestedTellsTheTimeLeftAndIsCompleted()
    {
        module.AddPicture("a.png");
        var progress = module.Invoke("Invoke-FaasTranslate a.png -Steps 60").Progress;
        var steps = progress.Where(p => p.ParentActivityId == 1 && p.RecordType == ProgressRecordType.Processing).ToArray();
        Assert.Contains(steps, p => p.SecondsRemaining >= 0 && p.StatusDescription.StartsWith("Step ", StringComparison.Ordinal));
        Assert.Equal(progress.Count, progress.Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal([1, 2], progress.Where(p => p.RecordType == ProgressRecordType.Completed).Select(p => p.ActivityId).Order());
    }

    [Fact]
    public void StoppingEndsWithinAStepAndLeavesNoFile()
    {
        module.AddPicture("a.png");
        module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -OutputDirectory warm"); // the model is loaded
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(700));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var result = module.Session.Invoke("Invoke-FaasTranslate a.png -Steps 1000", stop.Token);
        Assert.True(result.WasStopped);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
        Assert.Empty(module.Files());
    }

    [Fact]
    public void SessionsSideBySideWithOneModelGiveTheSamePictures()
    {
        module.AddPicture("a.png");
        module.Invoke("Invoke-FaasTranslate a.png -Steps 3 -Seed 5 -OutputDirectory alone");
        Parallel.For(0, 2, i =>
        {
            var session = new FaasPS.Host.HostSession(module.Folder);
            session.AddModule(typeof(FaasModel).Assembly);
            session.Invoke($"Invoke-FaasTranslate a.png -Steps 3 -Seed 5 -OutputDirectory side{i}");
        });
        var expected = File.ReadAllBytes(module.PathOf("alone/full_full_a.png"));
        Assert.Equal(expected, File.ReadAllBytes(module.PathOf("side0/full_full_a.png")));
        Assert.Equal(expected, File.ReadAllBytes(module.PathOf("side1/full_full_a.png")));
    }

    [Fact]
    public void WhatIfWritesNothing()
    {
        module.AddPicture("a.png");
        var result = module.Invoke("Invoke-FaasTranslate a.png -WhatIf");
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
        Assert.Single(result.Notices);
        Assert.False(Directory.Exists(module.PathOf("translated")));
    }
}
