using System.Management.Automation;

namespace FaasPS.Host.Commands;

/// <summary>The properties that PowerShell's provider adds to what it returns; PSPath is what -LiteralPath binds to.</summary>
internal static class FileSystemObject
{
    private const string Provider = @"Microsoft.PowerShell.Core\FileSystem::";

    public static PSObject Of(FileSystemInfo item)
    {
        PSObject result = WithPaths(item, item.FullName, item is DirectoryInfo);
        Set(result, "BaseName", item is FileInfo ? Path.GetFileNameWithoutExtension(item.Name) : item.Name);
        return result;
    }

    public static PSObject WithPaths(object value, string path, bool isContainer)
    {
        PSObject result = PSObject.AsPSObject(value);
        string? parent = Path.GetDirectoryName(path);
        Set(result, "PSPath", Provider + path);
        Set(result, "PSParentPath", parent is null ? "" : Provider + parent);
        Set(result, "PSChildName", parent is null ? path : Path.GetFileName(path));
        Set(result, "PSIsContainer", isContainer);
        return result;
    }

    private static void Set(PSObject target, string name, object value) =>
        target.Properties.Add(new PSNoteProperty(name, value), preValidated: true);
}
