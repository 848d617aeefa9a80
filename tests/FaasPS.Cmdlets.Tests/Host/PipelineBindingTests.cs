using System.Management.Automation;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

/// <summary>What the pipeline brings: by value and by property name, first without conversion and then with it.</summary>
public class PipelineBindingTests
{
    private sealed record Titled(string Title, int Size);

    private static HostResult Pipe(string command, params object?[] input)
    {
        HostSession session = Sessions.New();
        session.Variables.Set("input", input);
        session.AddCommand(typeof(GetStoredCommand));
        return session.Invoke("Get-Stored | " + command);
    }

    [Theory]
    [InlineData("1,2 | Test-Input", "1 none", "2 none")]
    [InlineData("'7' | Test-Input", "7 none")]
    [InlineData("1 | Test-Input -Label x", "1 x")]
    public void BindsByValue(string text, params string[] expected) =>
        Assert.Equal(expected, Sessions.New().Invoke(text).OutputAs<string>());

    [Fact]
    public void BindsByPropertyNameAndAlias()
    {
        var noted = new PSObject();
        noted.Properties.Add(new PSNoteProperty("label", "noted"));
        HostResult result = Pipe("Test-Input", new Titled("one", 1), noted);
        Assert.Empty(result.Errors);
        Assert.Equal(["0 one", "0 noted"], result.OutputAs<string>());
    }

    [Fact]
    public void WhatOneObjectBoundIsTakenBackForTheNext()
    {
        HostResult result = Pipe("Test-Input", new Titled("one", 1), 5);
        Assert.Equal(["0 one", "5 none"], result.OutputAs<string>());
    }

    [Fact]
    public void AnExactTypeWinsOverAConversion()
    {
        HostResult result = Pipe("Test-Coercion", new DateTime(2020, 1, 2), "2020-01-02", 5);

        // A number converts to both, and neither set is the default.
        Assert.StartsWith("AmbiguousParameterSet,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.StartsWith("Date|Date=", (string)result.Output[0]!);
        Assert.Equal("Text|Text=2020-01-02:String", result.Output[1]);
    }

    [Fact]
    public void FilesBindByLiteralPathAndTextByPath()
    {
        HostResult result = Pipe("Test-File", PSObject.AsPSObject("a*.png"));
        Assert.Equal("Path|Path=a*.png:String[]", Assert.Single(result.Output));

        HostSession session = Sessions.New(AppContext.BaseDirectory);
        string file = Path.Combine(AppContext.BaseDirectory, "faasps.dll");
        Assert.Equal(
            $@"LiteralPath|LiteralPath=Microsoft.PowerShell.Core\FileSystem::{file}:String[]",
            Assert.Single(session.Invoke("Get-ChildItem faasps.dll | Test-File").Output));
    }

    [Fact]
    public void AnObjectThatFitsNothingIsOneErrorAndTheRestGoesOn()
    {
        HostResult result = Pipe("Test-Input", "many", 2);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("InputObjectNotBound," + typeof(TestInputCommand).FullName, error.FullyQualifiedErrorId);
        Assert.Equal("many", error.TargetObject);
        Assert.Equal(["2 none"], result.OutputAs<string>());
    }

    [Fact]
    public void ACommandWithoutPipelineParametersRefusesEveryObject()
    {
        HostResult result = Sessions.New().Invoke("1,2 | Test-Probe");
        Assert.Equal(2, result.Errors.Count);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void AMandatoryPipelineParameterIsWantedWhenNothingIsPiped() =>
        Assert.Equal("MissingMandatoryParameter", Sessions.ErrorId("Test-File"));

    [Fact]
    public void NullIsBoundWhereItMayBe()
    {
        HostResult result = Pipe("Select-Object", 1, null, 2);
        Assert.Empty(result.Errors);
        Assert.Equal([1, 2], result.OutputAs<int>());
    }

    [Cmdlet("Get", "Stored")]
    private sealed class GetStoredCommand : PSCmdlet
    {
        protected override void ProcessRecord() => WriteObject(GetVariableValue("input"), enumerateCollection: true);
    }
}
