using System.Management.Automation;

namespace FaasPS.Cmdlets.Tests.Host;

/// <summary>Writes what was bound: "set|name=value|..." with the names in order.</summary>
public abstract class ProbeCmdlet : PSCmdlet
{
    protected override void ProcessRecord() => WriteObject(Describe());

    private protected string Describe() => ParameterSetName + "|" + string.Join('|', MyInvocation.BoundParameters
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => $"{pair.Key}={LanguagePrimitives.ConvertTo(pair.Value, typeof(string), null)}:{pair.Value?.GetType().Name}"));
}

public enum ProbeColour
{
    Red,
    Green,
    Grey,
}

[Cmdlet("Test", "Probe")]
[Alias("probe")]
public sealed class TestProbeCommand : ProbeCmdlet
{
    [Parameter(Position = 0)]
    public string? Name { get; set; }

    [Parameter(Position = 1)]
    public int Count { get; set; }

    [Parameter]
    [Alias("Hue", "Tint")]
    public ProbeColour Colour { get; set; }

    [Parameter]
    public SwitchParameter Deep { get; set; }

    [Parameter]
    public bool Truth { get; set; }

    [Parameter]
    public string[]? Words { get; set; }

    [Parameter]
    public double? Score { get; set; }

    [Parameter]
    public List<int>? Numbers { get; set; }

    [Parameter]
    public object? Anything { get; set; }

    [Parameter]
    public SwitchParameter Version { get; set; }
}

[Cmdlet("Test", "Sets", DefaultParameterSetName = "ByName")]
public sealed class TestSetsCommand : ProbeCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByName")]
    public string? Name { get; set; }

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ById")]
    public int Id { get; set; }

    [Parameter(ParameterSetName = "ById")]
    [Parameter(Mandatory = true, ParameterSetName = "ByKind")]
    public string? Kind { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }
}

[Cmdlet("Test", "NoDefault")]
public sealed class TestNoDefaultCommand : ProbeCmdlet
{
    [Parameter(Mandatory = true, ParameterSetName = "A")]
    public string? First { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "B")]
    public string? Second { get; set; }

    [Parameter]
    public string? Third { get; set; }
}

/// <summary>Files as the module's cmdlets take them: -Path from the pipeline by value, -LiteralPath by the property PSPath.</summary>
[Cmdlet("Test", "File", DefaultParameterSetName = "Path")]
public sealed class TestFileCommand : ProbeCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    public SwitchParameter Resolve { get; set; }

    protected override void ProcessRecord()
    {
        if (!Resolve)
            base.ProcessRecord();
        else
            WriteObject(
                Path?.SelectMany(path => GetResolvedProviderPathFromPSPath(path, out _))
                    ?? LiteralPath!.Select(GetUnresolvedProviderPathFromPSPath),
                true);
    }
}

[Cmdlet("Test", "Input")]
public sealed class TestInputCommand : ProbeCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public int Number { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Title")]
    public string Label { get; set; } = "none";

    protected override void ProcessRecord() => WriteObject(FormattableString.Invariant($"{Number} {Label}"));
}

[Cmdlet("Test", "Coercion")]
public sealed class TestCoercionCommand : ProbeCmdlet
{
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Date")]
    public DateTime Date { get; set; }

    [Parameter(ValueFromPipeline = true, ParameterSetName = "Text")]
    public string? Text { get; set; }
}

public sealed class UpperCaseAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        inputData is "bad"
            ? throw new ArgumentTransformationMetadataException("bad is bad")
            : inputData is string text ? text.ToUpperInvariant() : inputData;
}

[Cmdlet("Test", "Checks")]
public sealed class TestChecksCommand : ProbeCmdlet
{
    [Parameter]
    [UpperCase]
    public string? Shout { get; set; }

    [Parameter]
    [ValidateRange(1, 10)]
    public int[]? Range { get; set; }

    [Parameter]
    [ValidateRange(ValidateRangeKind.NonNegative)]
    public double Positive { get; set; }

    [Parameter]
    [ValidateSet("full", "static")]
    public string? Mode { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? NotEmpty { get; set; }

    [Parameter]
    [ValidatePattern("^a.c$")]
    public string? Pattern { get; set; }

    [Parameter]
    [ValidateLength(2, 3)]
    public string? Length { get; set; }

    [Parameter]
    [ValidateCount(1, 2)]
    public string[]? Several { get; set; }
}

[Cmdlet("Test", "Mandatory")]
public sealed class TestMandatoryCommand : ProbeCmdlet
{
    [Parameter(Mandatory = true)]
    public string? Text { get; set; }

    [Parameter]
    [AllowEmptyString]
    public string? Other { get; set; }
}

[Cmdlet("Test", "Rest")]
public sealed class TestRestCommand : ProbeCmdlet
{
    [Parameter(Position = 0)]
    public string? First { get; set; }

    [Parameter(ValueFromRemainingArguments = true)]
    public string[]? Rest { get; set; }
}

/// <summary>Writes one record to each stream.</summary>
[Cmdlet("Write", "Streams")]
public sealed class WriteStreamsCommand : PSCmdlet
{
    protected override void ProcessRecord()
    {
        WriteObject(new[] { 1, 2 }, enumerateCollection: true);
        WriteObject(new[] { 3, 4 });
        WriteError(new ErrorRecord(new FileNotFoundException("not there"), "FaasTestMissing", ErrorCategory.ObjectNotFound, "a.png"));
        WriteWarning("careful");
        WriteVerbose("decided");
        WriteDebug("layer 3");
        WriteInformation("by the way", ["tag"]);
        WriteProgress(new ProgressRecord(1, "Translating", "a.png") { PercentComplete = 50 });
        WriteObject("end");
    }
}

/// <summary>Passes input on and says what it does; "throw", "terminate" and "error" do so.</summary>
[Cmdlet("Step", "Probe")]
public sealed class StepProbeCommand : PSCmdlet, IDisposable
{
    [Parameter(ValueFromPipeline = true)]
    public string? Item { get; set; }

    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = "";

    public void Dispose() => Log("dispose");

    protected override void BeginProcessing() => Log("begin");

    protected override void ProcessRecord()
    {
        Log("process " + Item);
        switch (Item)
        {
            case "throw":
                throw new InvalidDataException("thrown");
            case "terminate":
                ThrowTerminatingError(
                    new ErrorRecord(new InvalidDataException("terminated"), "FaasTestEnd", ErrorCategory.InvalidData, Item));
                break;
            case "error":
                WriteError(new ErrorRecord(new InvalidDataException("written"), "FaasTestOne", ErrorCategory.InvalidData, Item));
                return;
        }

        WriteObject(Item);
    }

    protected override void EndProcessing() => Log("end");

    private void Log(string what) => ((List<string>)SessionState.PSVariable.GetValue("log")!).Add($"{Name} {what}");
}

[Cmdlet("Write", "Elsewhere")]
public sealed class WriteElsewhereCommand : PSCmdlet
{
    protected override void ProcessRecord()
    {
        Exception? refused = null;
        var thread = new Thread(() => refused = Record.Exception(() => WriteObject("from another thread")));
        thread.Start();
        thread.Join();
        WriteObject(refused);
    }
}

/// <summary>Runs until it is stopped.</summary>
[Cmdlet("Wait", "Probe")]
public sealed class WaitProbeCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEventSlim stopped = new();

    public void Dispose() => stopped.Dispose();

    protected override void ProcessRecord()
    {
        WriteObject("started");
        SessionState.PSVariable.Set("StopSeen", stopped.Wait(TimeSpan.FromSeconds(20)));
        SessionState.PSVariable.Set("StoppingSeen", Stopping);
        SessionState.PSVariable.Set("AfterStop", Record.Exception(() => WriteObject("too late")));
        WriteObject("never");
    }

    protected override void StopProcessing()
    {
        SessionState.PSVariable.Set("StopThread", Environment.CurrentManagedThreadId);
        stopped.Set();
    }
}

[Cmdlet("Remove", "Probe", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class RemoveProbeCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string[] Target { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (string target in Target)
        {
            if (ShouldProcess(target, "Remove"))
                WriteObject("removed " + target);
        }
    }
}

[Cmdlet("Clear", "Probe", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class ClearProbeCommand : PSCmdlet
{
    protected override void ProcessRecord() => WriteObject(ShouldProcess("all"));
}
