namespace Microsoft.PowerShell.Commands;

/// <summary>Names the file system's provider, for cmdlets that compare ProviderInfo.ImplementingType with it.</summary>
public sealed class FileSystemProvider
{
    public const string ProviderName = "FileSystem";

    private FileSystemProvider()
    {
    }
}
