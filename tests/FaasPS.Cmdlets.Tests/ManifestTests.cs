using System.Text.RegularExpressions;

namespace FaasPS.Cmdlets.Tests;

/// <summary>What the gallery and Get-Module show of the module. That the exports are the actual ones, <see cref="ContractTests"/> tells.</summary>
public sealed class ManifestTests
{
    private static readonly string Folder = Path.Combine(ModuleSession.Repository, "src", "FaasPS.Cmdlets");
    private static readonly string Manifest = File.ReadAllText(Path.Combine(Folder, "FaasPS.psd1"));

    [Theory]
    [InlineData("RootModule", @"^FaasPS\.Cmdlets\.dll$")]
    [InlineData("GUID", "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    [InlineData("ModuleVersion", @"^\d+\.\d+\.\d+$")]
    [InlineData("Author", ".{5}")]
    [InlineData("CompanyName", ".{5}")]
    [InlineData("Copyright", "MIT")]
    [InlineData("Description", ".{40}")]
    [InlineData("PowerShellVersion", @"^7\.4$")]
    [InlineData("LicenseUri", "^https://[a-z]")]
    [InlineData("ReleaseNotes", @"CHANGELOG\.md")]
    public void TellsOfTheModule(string key, string pattern) => Assert.Matches(pattern, Assert.Single(Values(key)));

    [Fact]
    public void IsForPowerShellOnEverySystem()
    {
        Assert.Equal(["Core"], Values("CompatiblePSEditions"));
        var tags = Values("Tags");
        Assert.Subset(tags.ToHashSet(StringComparer.Ordinal), new HashSet<string> { "Windows", "Linux", "MacOS", "PSEdition_Core" });
        Assert.All(tags, tag => Assert.DoesNotContain(' ', tag)); // the gallery splits them there
    }

    [Theory]
    [InlineData("FunctionsToExport")]
    [InlineData("AliasesToExport")]
    [InlineData("VariablesToExport")]
    public void ExportsNothingUnnamed(string key)
    {
        Assert.Empty(Values(key));
        Assert.Contains(key, Manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesFilesThatAreThere() =>
        Assert.All(Values("FormatsToProcess").Concat(Values("TypesToProcess")), file => Assert.True(File.Exists(Path.Combine(Folder, file)), file));

    [Fact]
    public void TheChangelogTellsOfItsVersion() => Assert.Contains(
        $"## {Values("ModuleVersion")[0]}", File.ReadAllText(Path.Combine(ModuleSession.Repository, "CHANGELOG.md")), StringComparison.Ordinal);

    /// <summary>A key's string, or its list of strings.</summary>
    private static string[] Values(string key)
    {
        var value = Regex.Match(
            Manifest, $@"\b{key}\s*=\s*(@\([^)]*\)|'(?:[^']|'')*')", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        return [.. Regex.Matches(value, "'((?:[^']|'')*)'", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Groups[1].Value)];
    }
}
