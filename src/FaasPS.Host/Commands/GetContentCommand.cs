using System.Management.Automation;

namespace FaasPS.Host.Commands;

/// <summary>The lines of files, each carrying its file's PSPath as in PowerShell.</summary>
[Cmdlet("Get", "Content", DefaultParameterSetName = "Path")]
[Alias("gc", "cat", "type")]
[OutputType(typeof(string))]
public sealed class GetContentCommand : PathCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    public string[]? Path { get; set; }

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter]
    [Alias("First", "Head")]
    [ValidateRange(0L, long.MaxValue)]
    public long? TotalCount { get; set; }

    [Parameter]
    [Alias("Last")]
    [ValidateRange(0, int.MaxValue)]
    public int? Tail { get; set; }

    [Parameter]
    public SwitchParameter Raw { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string file in Resolve(LiteralPath ?? Path, literal: LiteralPath is not null))
        {
            try
            {
                WriteContent(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(e, "GetContentReaderError", ErrorCategory.ReadError, file));
            }
        }
    }

    private void WriteContent(string file)
    {
        if (Raw)
        {
            WriteObject(FileSystemObject.WithPaths(File.ReadAllText(file), file, isContainer: false));
            return;
        }

        IEnumerable<string> lines = File.ReadLines(file);
        if (TotalCount is { } first)
            lines = lines.TakeWhile((_, index) => index < first);
        if (Tail is { } last)
            lines = lines.TakeLast(last);
        foreach (string line in lines)
            WriteObject(FileSystemObject.WithPaths(line, file, isContainer: false));
    }
}
