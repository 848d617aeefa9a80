using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

public sealed class PathTests : IDisposable
{
    private const string Provider = @"Microsoft.PowerShell.Core\FileSystem::";

    private readonly string root = Directory.CreateTempSubdirectory("faasps").FullName;

    public PathTests()
    {
        Directory.CreateDirectory(Path.Combine(root, "sub[x]"));
        foreach (string file in new[] { "a1.png", "a[1].png", "B.PNG", "notes.txt", ".hidden.png", "sub[x]/c.png" })
            File.WriteAllText(Path.Combine(root, file), file + "\nsecond\n");
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("Test-File a[1].png -Resolve", "a1.png")]
    [InlineData("Test-File 'a`[1`].png' -Resolve", "a[1].png")]
    [InlineData("Test-File -LiteralPath a[1].png -Resolve", "a[1].png")]
    [InlineData("Test-File *.png -Resolve", "a1.png a[1].png B.PNG")]
    [InlineData("Test-File notes.txt, A1* -Resolve", "notes.txt a1.png")]
    [InlineData("Test-File none* -Resolve", "")]
    [InlineData("Test-File sub*/*.png -Resolve", "sub[x]/c.png")]
    [InlineData("Test-File ./sub[[]x]/../notes.txt -Resolve", "notes.txt")]
    [InlineData("Test-File -LiteralPath none/../new.png -Resolve", "new.png")]
    [InlineData(@"Test-File 'sub`[x`]\c.png' -Resolve", "sub[x]/c.png")]
    [InlineData("Get-ChildItem -LiteralPath a[1].png | Test-File -Resolve", "a[1].png")]
    [InlineData("Get-ChildItem *.png | Test-File -Resolve", "a1.png a[1].png B.PNG")]
    [InlineData("Get-ChildItem -Name *.png | Test-File -Resolve", "a1.png a1.png B.PNG")] // names are text, so patterns, as in PowerShell
    public void ResolvesAgainstTheSessionsLocation(string text, string expected)
    {
        HostResult result = Sessions.New(root).Invoke(text);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        Assert.Equal(
            expected, string.Join(' ', result.OutputAs<string>().Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))));
    }

    [Fact]
    public void TheLocationMayItselfLookLikeAPattern()
    {
        HostSession session = Sessions.New(root);
        session.Location = "sub`[x`]";
        Assert.Equal(Path.Combine(root, "sub[x]"), session.Location);
        Assert.Equal([Path.Combine(root, "sub[x]", "c.png")], session.Invoke("Test-File *.png -Resolve").OutputAs<string>());
        Assert.NotEqual(Environment.CurrentDirectory, session.Location);
    }

    [Fact]
    public void ProviderQualifiedPathsAndHomeAreUnderstood()
    {
        HostSession session = Sessions.New(root);
        string file = Path.Combine(root, "a[1].png");
        Assert.Equal([file], session.Invoke($"Test-File -LiteralPath '{Provider}{file}' -Resolve").OutputAs<string>());
        Assert.Equal(
            [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "x")],
            session.Invoke("Test-File -LiteralPath ~/x -Resolve").OutputAs<string>());
    }

    [Theory]
    [InlineData("Get-ChildItem missing.png", "PathNotFound", "missing.png")]
    [InlineData("Get-ChildItem -LiteralPath *.png", "PathNotFound", "*.png")]
    [InlineData("Get-ChildItem nodrive:x", "DriveNotFound", "nodrive")]
    public void WhatIsNotThereIsNamed(string text, string id, string named)
    {
        System.Management.Automation.ErrorRecord error = Assert.Single(Sessions.New(root).Invoke(text).Errors);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains(named, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ChildItem -Name", "sub[x] a1.png a[1].png B.PNG notes.txt")]
    [InlineData("Get-ChildItem -Name -Force -File", ".hidden.png a1.png a[1].png B.PNG notes.txt")]
    [InlineData("Get-ChildItem -Name -Directory", "sub[x]")]
    [InlineData("Get-ChildItem -Name -Filter *.png", "a1.png a[1].png B.PNG")]
    [InlineData("Get-ChildItem -Name -Include a*,n* -Exclude *.txt", "a1.png a[1].png")]
    [InlineData("Get-ChildItem -LiteralPath sub[x] -Name", "c.png")]
    public void ListsFolders(string text, string expected)
    {
        HostResult result = Sessions.New(root).Invoke(text);
        Assert.Empty(result.Errors);
        Assert.Equal(expected, string.Join(' ', result.OutputAs<string>()));
    }

    [Fact]
    public void RecursesWithPatternsAndDepth()
    {
        HostSession session = Sessions.New(root);
        Assert.Equal(
            ["a1.png", "a[1].png", "B.PNG", "c.png"],
            session.Invoke("Get-ChildItem *.png -Recurse").OutputAs<FileInfo>()
                .Select(file => file.Name).Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal(3, session.Invoke("Get-ChildItem *.png -Depth 0").Output.Count);
        Assert.Equal(6, session.Invoke("Get-ChildItem -Recurse").Output.Count);
    }

    [Theory]
    [InlineData("Get-Content notes.txt", "notes.txt second")]
    [InlineData("Get-Content notes.txt -TotalCount 1", "notes.txt")]
    [InlineData("Get-Content notes.txt -Tail 1", "second")]
    [InlineData("Get-Content a1.png,notes.txt -First 1", "a1.png notes.txt")]
    [InlineData("Get-ChildItem 'a`[1`].png' | Get-Content -Head 1", "a[1].png")]
    [InlineData("Get-Content notes.txt -Raw", "notes.txt\nsecond\n")]
    public void ReadsLines(string text, string expected)
    {
        HostResult result = Sessions.New(root).Invoke(text);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        Assert.Equal(expected, string.Join(' ', result.OutputAs<string>()));
    }

    [Fact]
    public void LinesKnowTheirFile()
    {
        var line = (System.Management.Automation.PSObject)Sessions.New(root).Invoke("Get-Content notes.txt").Output[0]!;
        Assert.Equal(Provider + Path.Combine(root, "notes.txt"), line.Properties["pspath"]!.Value);
    }
}
