using System.Management.Automation;
using FaasPS.Automation;

namespace FaasPS.Host.Commands;

[Cmdlet("Select", "Object")]
[Alias("select")]
[OutputType(typeof(PSObject))]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> tail = new();
    private readonly List<PSObject> seen = [];
    private int skipped;
    private int taken;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[]? Property { get; set; }

    [Parameter]
    public string[]? ExcludeProperty { get; set; }

    [Parameter]
    public string? ExpandProperty { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? First { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Last { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        int first = First ?? 0, last = Last ?? 0;
        if (last > 0)
        {
            // Without -First, -Skip counts from the end: those are held back too.
            if (tail.Count >= (first == 0 ? (long)last + Skip : last))
                tail.Dequeue();
            tail.Enqueue(InputObject);
            if (first == 0 || (skipped == Skip && taken == first))
                return;
            tail.Clear();
        }

        if (skipped < Skip)
        {
            skipped++;
            return;
        }

        if (First is null || taken < first)
        {
            taken++;
            Write(InputObject);
        }

        if (first > 0 && last == 0 && taken >= first)
            throw new StopUpstreamCommandsException(this);
    }

    protected override void EndProcessing()
    {
        int held = First > 0 ? 0 : Skip;
        while (tail.Count > held)
            Write(tail.Dequeue());
    }

    private void Write(PSObject item)
    {
        PSObject selected = Property is null && ExcludeProperty is null ? item : Selected(item);
        if (Unique)
        {
            if (seen.Exists(other => Same(other, selected)))
                return;
            seen.Add(selected);
        }

        if (ExpandProperty is null)
        {
            WriteObject(selected);
            return;
        }

        if (item.Properties[ExpandProperty] is not { } expanded)
        {
            WriteError(new ErrorRecord(
                new PSInvalidOperationException($"Property \"{ExpandProperty}\" cannot be found."),
                "ExpandPropertyNotFound",
                ErrorCategory.InvalidArgument,
                item));
            return;
        }

        if (PropertySelection.Read(expanded) is { } value)
            WriteObject(value, enumerateCollection: true);
    }

    private PSObject Selected(PSObject item)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, "Selected." + item.TypeNames[0]);
        WildcardPattern[] excluded = [.. (ExcludeProperty ?? []).Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase))];
        foreach ((string name, object? value) in PropertySelection.Choose(item, Property ?? ["*"]))
        {
            if (!excluded.Any(pattern => pattern.IsMatch(name)))
                result.Properties.Add(new PSNoteProperty(name, value));
        }

        return result;
    }

    private static bool Same(PSObject left, PSObject right)
    {
        if (left.BaseObject is not PSCustomObject)
            return LanguagePrimitives.Equals(left, right);
        PSPropertyInfo[] ours = [.. left.Properties], theirs = [.. right.Properties];
        return ours.Length == theirs.Length && ours.Zip(theirs).All(pair =>
            pair.First.Name == pair.Second.Name && LanguagePrimitives.Equals(pair.First.Value, pair.Second.Value));
    }
}
