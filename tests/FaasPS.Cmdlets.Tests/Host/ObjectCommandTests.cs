using System.Management.Automation;
using FaasPS.Host;
using FaasPS.Host.Commands;

namespace FaasPS.Cmdlets.Tests.Host;

/// <summary>Select-Object, Measure-Object and ConvertTo-Json on objects of the tests' own.</summary>
public class ObjectCommandTests
{
    public enum Route
    {
        Simple,
        Complex,
    }

    private static HostResult Run(string text, params object?[] input)
    {
        HostSession session = Sessions.New();
        session.AddCommand(typeof(GetInputCommand));
        session.Variables.Set("input", input);
        return session.Invoke("Get-Input | " + text);
    }

    private static string Numbers(string arguments) =>
        string.Join(' ', Sessions.New().Invoke("1,2,3,4,5,6 | Select-Object " + arguments).Output);

    [Theory]
    [InlineData("-First 2", "1 2")]
    [InlineData("-First 0", "")]
    [InlineData("-First 9", "1 2 3 4 5 6")]
    [InlineData("-Last 2", "5 6")]
    [InlineData("-Last 9", "1 2 3 4 5 6")]
    [InlineData("-Skip 4", "5 6")]
    [InlineData("-Skip 1 -First 2", "2 3")]
    [InlineData("-Skip 1 -Last 2", "4 5")]
    [InlineData("-First 1 -Last 2", "1 5 6")]
    [InlineData("-First 4 -Last 4", "1 2 3 4 5 6")]
    [InlineData("-Skip 1 -First 1 -Last 1", "2 6")]
    public void SelectsByPlace(string arguments, string expected) => Assert.Equal(expected, Numbers(arguments));

    [Fact]
    public void SelectsProperties()
    {
        HostResult result = Run("Select-Object Prompt,sc*,Missing", new Scored("a", 0.5), new Scored("b", 0.25));
        var first = Assert.IsType<PSObject>(result.Output[0]);
        Assert.Equal(["Prompt=a", "Score=0.5", "Missing="], first.Properties.Select(property => $"{property.Name}={property.Value}"));
        Assert.Equal("Selected." + typeof(Scored).FullName, first.TypeNames[0]);
        Assert.Equal("@{Prompt=b; Score=0.25; Missing=}", result.Output[1]!.ToString());
    }

    [Fact]
    public void ExcludesAndExpands()
    {
        PSObject rest = Assert.IsType<PSObject>(Run("Select-Object -ExcludeProperty Sc*", new Scored("a", 0.5)).Output.Single());
        Assert.Equal(["Prompt"], rest.Properties.Select(property => property.Name));
        Assert.Equal(["a", "b"], Run("Select-Object -ExpandProperty Prompt", new Scored("a", 1), new Scored("b", 2)).OutputAs<string>());
        HostResult missing = Run("Select-Object -ExpandProperty Nothing", new Scored("a", 1));
        Assert.StartsWith("ExpandPropertyNotFound", Assert.Single(missing.Errors).FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("'a','b','a','A' | Select-Object -Unique", "a b A")]
    [InlineData("'a','a','b' | Select-Object -First 2 -Unique", "a")]
    public void KeepsOneOfEach(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Sessions.New().Invoke(text).Output));

    [Fact]
    public void Measures()
    {
        var all = Assert.IsType<MeasureInfo>(Assert.Single(
            Run("Measure-Object Score -AllStats", new Scored("a", 1), new Scored("b", 2), new Scored("c", 6)).Output));
        Assert.Equal((3, 9.0, 3.0, 6.0, 1.0, "Score"), (all.Count, all.Sum, all.Average, all.Maximum, all.Minimum, all.Property));
        Assert.Equal(Math.Sqrt(7), all.StandardDeviation!.Value, 12);

        var some = Assert.IsType<MeasureInfo>(Assert.Single(
            Run("Measure-Object -Property Score -Average", new Scored("a", 1), new Scored("b", 2)).Output));
        Assert.Equal(
            (2, 1.5, null, null, null, null), (some.Count, some.Average, some.Sum, some.Maximum, some.Minimum, some.StandardDeviation));
    }

    [Fact]
    public void MeasuresNothingAndText()
    {
        Assert.Equal(0, Assert.IsType<MeasureInfo>(Assert.Single(Run("Measure-Object").Output)).Count);
        var words = Assert.IsType<MeasureInfo>(Assert.Single(
            Sessions.New().Invoke("'b','c','a' | Measure-Object -Minimum -Maximum").Output));
        Assert.Equal(("a", "c"), (words.Minimum, words.Maximum));
    }

    [Fact]
    public void MeasuringWhatIsNoNumberIsAnError()
    {
        HostResult result = Sessions.New().Invoke("1,'x',3 | Measure-Object -Sum");
        Assert.StartsWith("NonNumericInputObject", Assert.Single(result.Errors).FullyQualifiedErrorId);
        var info = Assert.IsType<MeasureInfo>(Assert.Single(result.Output));
        Assert.Equal((3, null), (info.Count, info.Sum));
        HostResult missing = Run("Measure-Object -Property Nothing -Sum", new Scored("a", 1));
        Assert.StartsWith("GenericMeasurePropertyNotFound", Assert.Single(missing.Errors).FullyQualifiedErrorId);
        Assert.Empty(missing.Output);
    }

    [Theory]
    [InlineData("1 | ConvertTo-Json", "1")]
    [InlineData("1,2 | ConvertTo-Json -Compress", "[1,2]")]
    [InlineData("1 | ConvertTo-Json -AsArray -Compress", "[1]")]
    [InlineData("'ä\"/' | ConvertTo-Json", "\"ä\\\"/\"")]
    [InlineData("$null | ConvertTo-Json", "null")]
    public void WritesJson(string text, string json) => Assert.Equal(json, Assert.Single(Sessions.New().Invoke(text).Output));

    [Fact]
    public void WritesNestedObjects()
    {
        var trace = new
        {
            Step = 1, Macs = 0.5, Whole = 2.0, Bad = double.NaN, Route = Route.Complex, Layers = new[] { "in", "out" },
            Inner = new { Deep = new { Deeper = new { X = 1 } } },
        };
        HostResult result = Run("ConvertTo-Json -Compress", trace);
        Assert.Equal(
            "{\"Step\":1,\"Macs\":0.5,\"Whole\":2.0,\"Bad\":\"NaN\",\"Route\":1,\"Layers\":[\"in\",\"out\"],"
            + "\"Inner\":{\"Deep\":{\"Deeper\":\"{ X = 1 }\"}}}",
            Assert.Single(result.Output));
        Assert.Contains("depth of 2", Assert.Single(result.Warnings).Message);

        result = Run("ConvertTo-Json -Compress -Depth 4 -EnumsAsStrings", trace);
        Assert.Contains("\"Route\":\"Complex\"", (string)result.Output[0]!);
        Assert.Contains("\"Deeper\":{\"X\":1}", (string)result.Output[0]!);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void WritesAddedPropertiesAndDictionaries()
    {
        var noted = new PSObject();
        noted.Properties.Add(new PSNoteProperty("a", 1));
        noted.Properties.Add(new PSNoteProperty("b", new Dictionary<string, object> { ["k"] = true }));
        Assert.Equal(
            "{\n  \"a\": 1,\n  \"b\": {\n    \"k\": true\n  }\n}",
            ((string)Run("ConvertTo-Json", noted).Output.Single()!).ReplaceLineEndings("\n"));
    }

    public sealed record Scored(string Prompt, double Score);

    [Cmdlet("Get", "Input")]
    private sealed class GetInputCommand : PSCmdlet
    {
        protected override void ProcessRecord() => WriteObject(GetVariableValue("input"), enumerateCollection: true);
    }
}
