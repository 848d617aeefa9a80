using System.Management.Automation;
using System.Text.RegularExpressions;

namespace FaasPS.Cmdlets.Tests;

/// <summary>docs/errors.md against the records that the source makes.</summary>
public sealed class ErrorListTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Fact]
    public void TheListHasEveryErrorThatIsMadeAndNoOther()
    {
        var made = Directory.EnumerateFiles(Path.Combine(ModuleSession.Repository, "src", "FaasPS.Cmdlets"), "*.cs")
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"""(Faas\w+)"",\s*ErrorCategory\.(\w+)", RegexOptions.None, Patience))
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        Assert.Equal(made, Rows().Select(row => $"{row[0]} {row[1]}"));
    }

    [Fact]
    public void EachHasACauseARemedyAndACategoryOfPowerShell() => Assert.All(Rows(), row =>
    {
        Assert.Matches("^Faas([A-Z][a-z]+){2,}$", row[0]);
        Assert.True(Enum.TryParse<ErrorCategory>(row[1], out _), row[1]);
        Assert.True(row is [_, _, { Length: > 15 }, { Length: > 15 }], string.Join('|', row));
    });

    /// <summary>Id, category, cause and remedy of each row, in the list's order.</summary>
    private static IEnumerable<string[]> Rows() =>
        File.ReadLines(Path.Combine(ModuleSession.Repository, "docs", "errors.md"))
            .Where(line => line.StartsWith("| `Faas", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | ").Select(cell => cell.Trim('`', ' ')).ToArray());
}
