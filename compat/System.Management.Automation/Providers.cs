using Microsoft.PowerShell.Commands;

namespace System.Management.Automation;

/// <summary>There is one provider here, the file system.</summary>
public class ProviderInfo
{
    internal const string FileSystemPrefix = @"Microsoft.PowerShell.Core\FileSystem::";

    internal static readonly ProviderInfo FileSystem = new();

    private ProviderInfo()
    {
    }

    public string Name => FileSystemProvider.ProviderName;

    public string ModuleName => "Microsoft.PowerShell.Core";

    public Type ImplementingType => typeof(FileSystemProvider);

    public override string ToString() => $@"{ModuleName}\{Name}";

    internal static bool IsFileSystem(string name) =>
        name.Equals("FileSystem", StringComparison.OrdinalIgnoreCase)
        || name.Equals(@"Microsoft.PowerShell.Core\FileSystem", StringComparison.OrdinalIgnoreCase);
}

public class PSDriveInfo
{
    internal PSDriveInfo(string root) => Root = root;

    public string Name => OperatingSystem.IsWindows() ? Root[..1] : "/";

    public string Root { get; }

    public ProviderInfo Provider => ProviderInfo.FileSystem;

    public override string ToString() => Name;
}

public sealed class PathInfo
{
    internal PathInfo(string path) => Path = path;

    public string Path { get; }

    public string ProviderPath => Path;

    public ProviderInfo Provider => ProviderInfo.FileSystem;

    public PSDriveInfo Drive => new(IO.Path.GetPathRoot(Path)!);

    public override string ToString() => Path;
}
