using System.Management.Automation;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

/// <summary>Import-Csv and ConvertFrom-Json.</summary>
public sealed class TableCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("faasps-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n", "a=1 b=2|a=3 b=4")]
    [InlineData("a,b\r\n1,2\r\n\r\n\r\n3,4", "a=1 b=2|a=3 b=4")]
    [InlineData("#TYPE X\na,b\n1,2", "a=1 b=2")]
    [InlineData("a,b\n\"x, \"\"y\"\"\nz\" , w \n", "a=x, \"y\"\nz b=w ")]
    [InlineData("a,b\n,\n\"\",2\n", "a= b=|a= b=2")]
    [InlineData("a,b\n1\n", "a=1 b=<null>")]
    [InlineData("a,b\n  x y \"z\",2,3\n", "a=x y \"z\" b=2")]
    [InlineData("a,b\n", "")]
    [InlineData("", "")]
    public void TablesAreReadAsPowerShellReadsThem(string text, string expected)
    {
        File.WriteAllText(Path.Combine(folder, "t.csv"), text);
        HostResult result = Sessions.New(folder).Invoke("Import-Csv t.csv");
        Assert.Empty(result.Errors);
        Assert.Equal(expected, string.Join('|', result.OutputAs<PSObject>().Select(Text)));
    }

    [Fact]
    public void TheDelimiterIsChosenAndAMissingTableIsAnError()
    {
        File.WriteAllText(Path.Combine(folder, "t.csv"), "a;b\n1,5;2\n");
        HostResult result = Sessions.New(folder).Invoke("Import-Csv t.csv, none.csv -Delimiter ';'");
        Assert.Equal("a=1,5 b=2", Text(Assert.Single(result.OutputAs<PSObject>())));
        Assert.Single(result.Errors);
    }

    [Fact]
    public void JsonGivesObjectsListsAndNumbers()
    {
        File.WriteAllText(Path.Combine(folder, "t.json"), """[{"a": 1, "b": [true, "x"]}, {"a": 1.5, "b": null}]""");
        PSObject[] rows = [.. Sessions.New(folder).Invoke("Get-Content t.json | ConvertFrom-Json").OutputAs<PSObject>()];
        Assert.Equal([1L, 1.5, null], new[] { rows[0].Properties["a"]!.Value, rows[1].Properties["A"]!.Value, rows[1].Properties["b"]!.Value });
        Assert.Equal([true, "x"], Assert.IsType<object?[]>(rows[0].Properties["b"]!.Value));
    }

    [Fact]
    public void TextThatIsNoJsonIsOneError()
    {
        HostResult result = Sessions.New().Invoke("'{', '}}' | ConvertFrom-Json; 'next'");
        Assert.Contains("Conversion from JSON failed", Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Equal(["next"], result.OutputAs<string>());
    }

    private static string Text(PSObject row) =>
        string.Join(' ', row.Properties.Select(property => $"{property.Name}={property.Value ?? "<null>"}"));
}
