using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class ExportFaasReportTests : IDisposable
{
    private const string Hostile = "\"><script>alert('x')</script> & <img src=x onerror=alert(1)>";

    private readonly ModuleSession module = new();

    public ExportFaasReportTests() => module.Session.AddCommand(typeof(GetGivenCommand));

    public void Dispose() => module.Dispose();

    [Fact]
    public void APipelineOfResultsBecomesOneFileThatIsReturned()
    {
        module.AddPicture("a.png");
        var result = module.Invoke(
            "Invoke-FaasTranslate a.png -Mode Adaptive -Steps 3 -Tolerance 0.5 | Export-FaasReport sub.html -Title 'Cats & dogs'");
        Assert.Empty(result.Errors);
        Assert.Equal(module.PathOf("sub.html"), Assert.Single(result.OutputAs<FileInfo>()).FullName);
        Assert.Equal(["a.png", "a.txt", "sub.html"], module.Files(""));
        var page = Page("sub.html");
        Assert.Contains("<h1>Cats &amp; dogs</h1>", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "<img [^>]*src=\"data:image/(png|jpeg);base64,", RegexOptions.None, TimeSpan.FromSeconds(5)));
        Assert.Contains("class=\"map\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryKindOfObjectHasItsSection()
    {
        ReportSample.Write(module, "report.html");
        var page = Page("report.html");
        foreach (var heading in new[]
        {
            "Results", "Fidelity over work saved", "Policies", "Layer scores: low_pass", "Complexity of prompts", "Comparisons",
            "Work by network", "Skip table",
        })
            Assert.Contains($">{heading}</h", page, StringComparison.Ordinal);
        Assert.Contains("Coloured by the policy low_pass.", page, StringComparison.Ordinal);
        Assert.Contains(">threshold 0.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePageAsksTheNetworkForNothing()
    {
        ReportSample.Write(module, "report.html");
        var page = Page("report.html");
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'; img-src data:;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void AStrangersTextStaysText()
    {
        module.AddPicture("a.png", prompt: Hostile);
        var scores = module.Invoke("Measure-FaasPromptComplexity -Path a.txt").Output;
        var results = module.Invoke("Invoke-FaasTranslate a.png -Steps 1").Output;
        module.Session.Variables.Set("given", scores.Concat(results).ToArray());
        Assert.Empty(module.Invoke("Get-Given | Export-FaasReport report.html -Title '<b>''\"bold\"</b>'").Errors);

        var page = Page("report.html");
        Assert.Equal(1, Regex.Count(page, "<script", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(5)));
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>'", page, StringComparison.Ordinal);
        Assert.Contains("alt=\"Result: &quot;&gt;&lt;script&gt;alert(&#39;x&#39;)", page, StringComparison.Ordinal);
        Assert.Contains("<title>&lt;b&gt;&#39;&quot;bold&quot;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAreTheSameInEveryCulture()
    {
        ReportSample.Write(module, "report.html");
        var expected = Page("report.html");
        var culture = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone(); // made here: a container may know no other culture
        (german.NumberFormat.NumberDecimalSeparator, german.NumberFormat.NumberGroupSeparator) = (",", ".");
        try
        {
            CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = german;
            Assert.Empty(module.Invoke("Get-Given | Export-FaasReport german.html -Title Report").Errors);
        }
        finally
        {
            (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.CurrentCulture) = (null, culture);
        }
        Assert.Equal(expected, Page("german.html"));
    }

    [Fact]
    public void EverySvgIsWellFormed()
    {
        ReportSample.Write(module, "report.html");
        var drawings = Regex.Matches(Page("report.html"), "<svg.*?</svg>", RegexOptions.Singleline, TimeSpan.FromSeconds(5));
        Assert.True(drawings.Count >= 8);
        foreach (Match drawing in drawings)
        {
            var svg = XElement.Parse(drawing.Value);
            Assert.True(svg.Attribute("aria-label") is not null || svg.Attribute("aria-hidden") is not null);
            Assert.DoesNotContain("NaN", drawing.Value, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void PicturesThatAreGoneAreAnErrorAndTheReportTellsTheRest()
    {
        module.AddPicture("a.png");
        module.Session.Variables.Set("given", module.Invoke("Invoke-FaasTranslate a.png -Steps 1 -Count 2").Output);
        File.Delete(module.PathOf("translated/" + module.Files()[0]));
        var result = module.Invoke("Get-Given | Export-FaasReport report.html");
        Assert.StartsWith("FaasFileMissing", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(result.OutputAs<FileInfo>());
        Assert.Equal(1, Regex.Count(Page("report.html"), "class=\"missing\"", RegexOptions.None, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void WhatAReportCannotShowIsAnErrorOfItsOwn()
    {
        var result = module.Invoke("'a cat' | Export-FaasReport report.html");
        Assert.StartsWith("FaasReportInputUnfit", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(File.Exists(module.PathOf("report.html")));
    }

    [Fact]
    public void WhatIfAndAMissingFolderWriteNothing()
    {
        module.Invoke("Measure-FaasPromptComplexity 'a cat' | Export-FaasReport report.html -WhatIf");
        var result = module.Invoke("Measure-FaasPromptComplexity 'a cat' | Export-FaasReport nowhere/report.html");
        Assert.StartsWith("FaasFileMissing", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(module.Folder));
    }

    private string Page(string name) => File.ReadAllText(module.PathOf(name));
}
