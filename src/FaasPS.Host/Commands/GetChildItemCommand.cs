using System.Management.Automation;

namespace FaasPS.Host.Commands;

[Cmdlet("Get", "ChildItem", DefaultParameterSetName = "Items")]
[Alias("gci", "dir", "ls")]
[OutputType(typeof(FileInfo), typeof(DirectoryInfo))]
public sealed class GetChildItemCommand : PathCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Items")]
    public string[] Path { get; set; } = ["."];

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralItems")]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    [Parameter(Position = 1)]
    public string? Filter { get; set; }

    [Parameter]
    public string[]? Include { get; set; }

    [Parameter]
    public string[]? Exclude { get; set; }

    [Parameter]
    [Alias("s")]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public uint? Depth { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter Name { get; set; }

    [Parameter]
    public SwitchParameter File { get; set; }

    [Parameter]
    [Alias("ad")]
    public SwitchParameter Directory { get; set; }

    private uint Levels => Depth ?? (Recurse ? uint.MaxValue : 0);

    protected override void ProcessRecord()
    {
        bool literal = LiteralPath is not null;
        foreach (string path in LiteralPath ?? Path)
        {
            // With -Recurse the last part of a pattern is looked for in every folder below.
            int separator = path.LastIndexOfAny(['/', '\\']);
            string leaf = path[(separator + 1)..];
            if (!literal && Levels > 0 && WildcardPattern.ContainsWildcardCharacters(leaf))
            {
                foreach (string folder in Resolve(separator < 0 ? "." : path[..(separator + 1)], literal: false))
                    WriteChildren(new DirectoryInfo(folder), folder, Levels, leaf);
                continue;
            }

            bool isPattern = !literal && WildcardPattern.ContainsWildcardCharacters(path);
            foreach (string found in Resolve(path, literal))
            {
                if (isPattern || !System.IO.Directory.Exists(found))
                    WriteItem(System.IO.Directory.Exists(found) ? new DirectoryInfo(found) : new FileInfo(found),
                        System.IO.Path.GetDirectoryName(found)!, null);
                else
                    WriteChildren(new DirectoryInfo(found), found, Levels, null);
            }
        }
    }

    private static bool Matches(string? pattern, string name) =>
        pattern is null || new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(name);

    private void WriteChildren(DirectoryInfo folder, string root, uint levels, string? leaf)
    {
        FileSystemInfo[] entries;
        try
        {
            entries = folder.GetFileSystemInfos("*", new EnumerationOptions
            {
                AttributesToSkip = Force ? FileAttributes.None : FileAttributes.Hidden, IgnoreInaccessible = false,
            });
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            WriteError(new ErrorRecord(e, "DirUnauthorizedAccessError", ErrorCategory.PermissionDenied, folder.FullName));
            return;
        }

        // Folders before files, each by name.
        IOrderedEnumerable<FileSystemInfo> ordered = entries.OrderBy(entry => entry is FileInfo)
            .ThenBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.Name, StringComparer.Ordinal);
        foreach (FileSystemInfo entry in ordered)
            WriteItem(entry, root, leaf);
        if (levels == 0)
            return;
        foreach (DirectoryInfo child in ordered.OfType<DirectoryInfo>().Where(child => child.LinkTarget is null))
        {
            if (Stopping)
                return;
            WriteChildren(child, root, levels - 1, leaf);
        }
    }

    private void WriteItem(FileSystemInfo item, string root, string? leaf)
    {
        bool wanted = Matches(leaf, item.Name) && Matches(Filter, item.Name)
            && (Include is null || Include.Any(pattern => Matches(pattern, item.Name)))
            && (Exclude is null || !Exclude.Any(pattern => Matches(pattern, item.Name)))
            && (!File || item is FileInfo) && (!Directory || item is DirectoryInfo);
        if (!wanted)
            return;
        WriteObject(Name
            ? FileSystemObject.WithPaths(System.IO.Path.GetRelativePath(root, item.FullName), item.FullName, item is DirectoryInfo)
            : FileSystemObject.Of(item));
    }
}
