using System.Management.Automation;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

public class StreamTests
{
    private static (HostResult Result, List<string> Log) Logged(string text)
    {
        HostSession session = Sessions.New();
        var log = new List<string>();
        session.Variables.Set("log", log);
        return (session.Invoke(text), log);
    }

    [Fact]
    public void EachRecordGoesToItsStream()
    {
        HostResult result = Sessions.New().Invoke("Write-Streams -Verbose -Debug -InformationAction Continue");
        Assert.Equal(4, result.Output.Count);
        Assert.Equal((1, 2, "end"), (result.Output[0], result.Output[1], result.Output[3]));
        Assert.Equal(new[] { 3, 4 }, result.Output[2]);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("FaasTestMissing," + typeof(WriteStreamsCommand).FullName, error.FullyQualifiedErrorId);
        Assert.Equal("ObjectNotFound: (a.png:String) [Write-Streams], FileNotFoundException", error.CategoryInfo.ToString());
        Assert.Equal("careful", Assert.Single(result.Warnings).Message);
        Assert.Equal("decided", Assert.Single(result.Verbose).Message);
        Assert.Equal("layer 3", Assert.Single(result.Debug).Message);
        Assert.Equal(["tag"], Assert.Single(result.Information).Tags);
        Assert.Equal((50, -1), (Assert.Single(result.Progress).PercentComplete, result.Progress[0].ParentActivityId));
    }

    [Theory]
    [InlineData("", 1, 1, 0, 0, 1)]
    [InlineData("-ErrorAction SilentlyContinue -WarningAction Ignore", 0, 0, 0, 0, 1)]
    [InlineData("-ea 0 -vb -proga SilentlyContinue", 0, 1, 1, 0, 0)]
    [InlineData("-Verbose:$false -Debug", 1, 1, 0, 1, 1)]
    public void ActionPreferencesDecideWhatIsSeen(string arguments, int errors, int warnings, int verbose, int debug, int progress)
    {
        HostResult result = Sessions.New().Invoke("Write-Streams " + arguments);
        Assert.Equal(
            (errors, warnings, verbose, debug, progress),
            (result.Errors.Count, result.Warnings.Count, result.Verbose.Count, result.Debug.Count, result.Progress.Count));
        Assert.Equal("end", result.Output[^1]);
    }

    [Fact]
    public void PreferenceVariablesStandInForParameters()
    {
        HostSession session = Sessions.New();
        session.Variables.Set("VerbosePreference", "Continue");
        session.Variables.Set("WarningPreference", ActionPreference.SilentlyContinue);
        HostResult result = session.Invoke("Write-Streams");
        Assert.Equal((1, 0), (result.Verbose.Count, result.Warnings.Count));
    }

    [Fact]
    public void InformationIsRecordedUnlessIgnored()
    {
        Assert.Single(Sessions.New().Invoke("Write-Streams").Information);
        Assert.Empty(Sessions.New().Invoke("Write-Streams -InformationAction Ignore").Information);
    }

    [Fact]
    public void ErrorActionStopEndsThePipelineAndWhatFollows()
    {
        HostResult result = Sessions.New().Invoke("Write-Streams -ErrorAction Stop; 'next'");
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("FaasTestMissing," + typeof(WriteStreamsCommand).FullName, error.FullyQualifiedErrorId);
        Assert.IsType<FileNotFoundException>(error.Exception);
        Assert.Equal(3, result.Output.Count);
        Assert.DoesNotContain("next", result.Output);
    }

    [Fact]
    public void ObjectsStreamThroughTheWholePipeline()
    {
        (HostResult result, List<string> log) = Logged("'a','b' | Step-Probe one | Step-Probe two");
        Assert.Equal(["a", "b"], result.OutputAs<string>());
        Assert.Equal(
            ["one begin", "two begin", "one process a", "two process a", "one process b", "two process b",
                "one end", "two end", "one dispose", "two dispose"],
            log);
    }

    [Theory]
    [InlineData("throw", "System.IO.InvalidDataException", ErrorCategory.NotSpecified, "thrown")]
    [InlineData("terminate", "FaasTestEnd", ErrorCategory.InvalidData, "terminated")]
    public void ATerminatingErrorEndsThePipelineOnly(string item, string id, ErrorCategory category, string message)
    {
        (HostResult result, List<string> log) = Logged($"'a','{item}','b' | Step-Probe one; 'next'");
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal((id, category, message), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category, error.ToString()));
        Assert.IsType<InvalidDataException>(error.Exception);
        Assert.Equal(["a", "next"], result.OutputAs<string>());
        Assert.DoesNotContain("one end", log);
        Assert.Contains("one dispose", log);
    }

    [Fact]
    public void ANonTerminatingErrorGoesOn()
    {
        (HostResult result, _) = Logged("'a','error','b' | Step-Probe one");
        Assert.Equal("error", Assert.Single(result.Errors).TargetObject);
        Assert.Equal(["a", "b"], result.OutputAs<string>());
    }

    [Fact]
    public void SelectFirstStopsWhatIsUpstream()
    {
        (HostResult result, List<string> log) = Logged("'a','b','c' | Step-Probe one | Select-Object -First 2 | Step-Probe two");
        Assert.Empty(result.Errors);
        Assert.Equal(["a", "b"], result.OutputAs<string>());
        Assert.DoesNotContain("one process c", log);
        Assert.DoesNotContain("one end", log);
        Assert.Contains("two end", log);
    }

    [Fact]
    public void ResultsAreOutBeforeLaterInputIsRead()
    {
        HostSession session = Sessions.New();
        var log = new List<string>();
        session.Variables.Set("log", log);
        session.ObjectWritten = value => log.Add($"out {value}");
        session.Invoke("'a','b' | Step-Probe one");
        Assert.True(log.IndexOf("out a") < log.IndexOf("one process b"), string.Join("; ", log));
    }

    [Fact]
    public void WritingFromAnotherThreadIsRefused()
    {
        var refused = Assert.IsType<PSInvalidOperationException>(Sessions.One("Write-Elsewhere"));
        Assert.StartsWith(
            "The WriteObject and WriteError methods cannot be called from outside the overrides of the BeginProcessing", refused.Message);
    }

    [Fact]
    public void AnUnknownCommandIsAnErrorThatListsTheKnown()
    {
        ErrorRecord error = Assert.Single(Sessions.New().Invoke("Get-Chlditem").Errors);
        Assert.Equal("CommandNotFoundException", error.FullyQualifiedErrorId);
        Assert.Contains("Get-ChildItem", error.ToString());
    }

    [Fact]
    public void ACmdletKnowsHowItWasCalled()
    {
        HostSession session = Sessions.New();
        session.AddCommand(typeof(GetInvocationCommand));
        var invocation = Assert.IsType<InvocationInfo>(session.Invoke("'x' | Get-Invocation -Tag 5").OutputAs<object>().Single());
        Assert.Equal(
            ("Get-Invocation", 2, 2, true),
            (invocation.MyCommand!.Name, invocation.PipelinePosition, invocation.PipelineLength, invocation.ExpectingInput));
        Assert.Equal("Get-Invocation -Tag 5", invocation.Line);
        Assert.Equal("5", invocation.BoundParameters["TAG"]);
    }

    [Cmdlet("Get", "Invocation")]
    private sealed class GetInvocationCommand : PSCmdlet
    {
        [Parameter(ValueFromPipeline = true)]
        public string? Item { get; set; }

        [Parameter]
        public string? Tag { get; set; }

        protected override void ProcessRecord() => WriteObject(MyInvocation);
    }
}
