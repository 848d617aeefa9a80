using System.Collections;
using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FaasPS.Cmdlets.Tests;

/// <summary>What PowerShell users expect of every cmdlet, where the sources and the host can tell.</summary>
[Collection("The process's models")]
public sealed class ConventionTests : IDisposable
{
    private static readonly string Source = Path.Combine(ModuleSession.Repository, "src", "FaasPS.Cmdlets");

    private static readonly Type[] Cmdlets =
        [.. typeof(FaasModel).Assembly.GetExportedTypes().Where(t => t.GetCustomAttribute<CmdletAttribute>() is not null)];

    private readonly ModuleSession module = new();

    public static TheoryData<string> Views => [.. XDocument.Load(Path.Combine(Source, "FaasPS.Format.ps1xml"))
        .Descendants("View").Select(view => view.Element("Name")!.Value)];

    public void Dispose() => module.Dispose();

    [Fact]
    public void WhateverWritesAsksFirst()
    {
        var writers = Cmdlets.Where(t => t.Name.StartsWith("Export", StringComparison.Ordinal)
            || t.GetProperties().Any(p => p.Name is "OutputDirectory" or "OutputPath" or "NoClobber")
            || t == typeof(RemoveFaasModelCommand)).ToArray();
        Assert.True(writers.Length >= 6, "too few found");
        Assert.All(writers, type => Assert.True(type.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess, type.Name));
    }

    [Fact]
    public void PathsThatArePipedHaveALiteralTwinThatTakesPSPath()
    {
        var piped = Cmdlets.Where(t => t.GetProperty("Path") is { } path
            && path.GetCustomAttribute<SupportsWildcardsAttribute>() is not null
            && path.GetCustomAttributes<ParameterAttribute>().Any(p => p.ValueFromPipeline)).ToArray();
        Assert.True(piped.Length >= 3, "too few found");
        foreach (var type in piped)
        {
            var literal = type.GetProperty("LiteralPath");
            Assert.True(literal is not null, type.Name);
            Assert.Contains("PSPath", literal.GetCustomAttribute<AliasAttribute>()!.AliasNames);
            Assert.Contains(literal.GetCustomAttributes<ParameterAttribute>(), p => p.ValueFromPipelineByPropertyName);
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void ATableHasFourToSixColumnsThatFitAHundredAndShowTheirHeaders(string name)
    {
        var view = XDocument.Load(Path.Combine(Source, "FaasPS.Format.ps1xml")).Descendants("View")
            .Single(v => v.Element("Name")!.Value == name);
        if (view.Element("TableControl") is not { } table) return; // a list shows everything
        var headers = table.Descendants("TableColumnHeader").Select(header =>
            (Label: header.Element("Label")!.Value, Width: (int?)header.Element("Width"))).ToArray();
        Assert.InRange(headers.Length, 4, 6);
        Assert.InRange(headers.Sum(h => h.Width ?? h.Label.Length) + headers.Length - 1, 0, 100);
        Assert.All(headers, h => Assert.True((h.Width ?? int.MaxValue) >= h.Label.Length, h.Label));
        Assert.Equal(headers.Length, table.Descendants("TableColumnItem").Count());
        var type = Cmdlets.SelectMany(OutputTypes).Distinct().Single(t => t.FullName == view.Descendants("TypeName").First().Value);
        Assert.All(table.Descendants("PropertyName"), p => Assert.True(type.GetProperty(p.Value) is not null, p.Value));
    }

    [Fact]
    public void EveryViewNamesAnOutputTypeAndPropertiesOfIt()
    {
        var types = Cmdlets.SelectMany(OutputTypes).ToHashSet();
        foreach (var view in XDocument.Load(Path.Combine(Source, "FaasPS.Format.ps1xml")).Descendants("View"))
            Assert.Contains(types, t => t.FullName == view.Descendants("TypeName").First().Value);
    }

    [Fact]
    public void TheFactsOfAResultAreItsPropertiesButForLists()
    {
        var facts = XDocument.Load(Path.Combine(Source, "FaasPS.Types.ps1xml"))
            .Descendants("ReferencedProperties").Elements("Name").Select(e => e.Value);
        var scalars = typeof(FaasTranslation).GetProperties()
            .Where(p => p.PropertyType == typeof(string) || !p.PropertyType.IsAssignableTo(typeof(IEnumerable))).Select(p => p.Name);
        Assert.Equal(scalars.Order(StringComparer.Ordinal), facts.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Get-FaasDevice")]
    [InlineData("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1")]
    [InlineData("Get-FaasModel")]
    [InlineData("'a cat', 'a dog' | Measure-FaasPromptComplexity")]
    [InlineData("'a cat', 'a dog' | Measure-FaasPromptComplexity | Measure-FaasThreshold")]
    [InlineData("Measure-FaasLayerScore *.png -Samples 1")]
    [InlineData("New-FaasPolicy -Band high_pass -Percentile 30")]
    [InlineData("New-FaasPolicy -Band high_pass -Percentile 30 | Test-FaasPolicy")]
    [InlineData("New-FaasPolicy -Band high_pass -Percentile 30 | Export-FaasPolicy p.json -PassThru")]
    [InlineData("Compare-FaasTranslation a.png b.png")]
    public void TheOutputStreamHoldsTheDeclaredTypesOnly(string pipeline)
    {
        module.AddPicture("a.png");
        module.AddPicture("b.png", from: "image1.png");
        module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -OutputDirectory loaded"); // so that there is a model
        var result = module.Invoke(pipeline);
        Assert.Empty(result.Errors);
        Assert.NotEmpty(result.Output);
        var command = pipeline.Split('|')[^1].Trim().Split(' ')[0].Replace("-", "", StringComparison.Ordinal) + "Command";
        var declared = OutputTypes(Cmdlets.Single(t => t.Name == command));
        Assert.All(result.OutputAs<object>(), item => Assert.Contains(item.GetType(), declared));
    }

    [Fact]
    public void DebugTellsOfEachLayer()
    {
        module.AddPicture("a.png");
        var result = module.Invoke("Invoke-FaasTranslate a.png -Steps 2 -Debug");
        var translation = Assert.Single(result.OutputAs<FaasTranslation>());
        Assert.Equal(translation.Trace.Count, result.Debug.Count);
        Assert.Contains(result.Debug, d => Regex.IsMatch(
            d.Message, @"^Step 1, Diffusion input_blocks\.\d+\.\d: Run \(.+\)\.$", RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void ProgressIsCompletedAfterAnErrorAndWrittenAboutFiveTimesASecond()
    {
        module.AddPicture("a.png");
        var failed = module.Invoke("Invoke-FaasTranslate a.png -Width 100 -Steps 1");
        Assert.Single(failed.Errors);
        Assert.Equal([1, 2], failed.Progress.Where(p => p.RecordType == ProgressRecordType.Completed).Select(p => p.ActivityId).Order());
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var steps = module.Invoke("Invoke-FaasTranslate a.png -Steps 100").Progress
            .Count(p => p.ActivityId == 2 && p.RecordType == ProgressRecordType.Processing);
        Assert.InRange(steps, 1, (5 * clock.Elapsed.TotalSeconds) + 2); // the last step is always shown
    }

    [Fact]
    public void NothingIsWrittenToTheConsole()
    {
        module.AddPicture("a.png");
        var (output, error) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        try
        {
            Console.SetOut(written);
            Console.SetError(written);
            module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -Verbose -Mode Adaptive");
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
        Assert.Equal("", written.ToString());
    }

    private static IEnumerable<Type> OutputTypes(Type cmdlet) =>
        cmdlet.GetCustomAttributes<OutputTypeAttribute>().SelectMany(o => o.Type).Select(t => t.Type!);
}
