using System.Collections.ObjectModel;

namespace System.Management.Automation;

/// <summary>
/// Paths as PowerShell takes them: relative to the session's location (never the process's), ~ for home, provider-qualified, with
/// wildcards where the caller resolves them.
/// </summary>
public sealed class PathIntrinsics
{
    private string location;

    internal PathIntrinsics(string location) => this.location = IO.Path.GetFullPath(location);

    public PathInfo CurrentLocation => new(location);

    public PathInfo CurrentFileSystemLocation => new(location);

    public PathInfo SetLocation(string path)
    {
        Collection<string> found = GetResolvedProviderPathFromPSPath(path, out _);
        if (found.Count != 1 || !Directory.Exists(found[0]))
            throw NotFound(path);
        location = found[0];
        return CurrentLocation;
    }

    /// <summary>The files and folders that <paramref name="path"/> names. None is an error only when it has no wildcards.</summary>
    public Collection<string> GetResolvedProviderPathFromPSPath(string path, out ProviderInfo provider)
    {
        provider = ProviderInfo.FileSystem;
        string full = Qualify(path, literal: false);
        if (!WildcardPattern.ContainsWildcardCharacters(full))
        {
            full = Normalize(WildcardPattern.Unescape(full));
            return Exists(full) ? [full] : throw NotFound(path);
        }

        string root = IO.Path.GetPathRoot(full)!;
        IEnumerable<string> found = [root];
        foreach (string segment in full[root.Length..].Split(IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            found = WildcardPattern.ContainsWildcardCharacters(segment)
                ? found.SelectMany(folder => Matching(folder, segment))
                : found.Select(folder => IO.Path.Combine(folder, WildcardPattern.Unescape(segment))).Where(Exists);
        }

        return new Collection<string>([.. found.Select(Normalize)]);
    }

    public Collection<PathInfo> GetResolvedPSPathFromPSPath(string path) =>
        new([.. GetResolvedProviderPathFromPSPath(path, out _).Select(found => new PathInfo(found))]);

    /// <summary>
    /// The full path that <paramref name="path"/> means, whether or not something is there; wildcards are ordinary characters.
    /// </summary>
    public string GetUnresolvedProviderPathFromPSPath(string path) => Normalize(Qualify(path, literal: true));

    public string GetUnresolvedProviderPathFromPSPath(string path, out ProviderInfo provider, out PSDriveInfo drive)
    {
        string full = GetUnresolvedProviderPathFromPSPath(path);
        provider = ProviderInfo.FileSystem;
        drive = new PSDriveInfo(IO.Path.GetPathRoot(full)!);
        return full;
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static string Normalize(string path)
    {
        string full = IO.Path.GetFullPath(path);
        return full == IO.Path.GetPathRoot(full) ? full : IO.Path.TrimEndingDirectorySeparator(full);
    }

    private static ItemNotFoundException NotFound(string path) => new($"Cannot find path '{path}' because it does not exist.");

    // Hidden entries do not match, and case is ignored on every system, as in PowerShell.
    private static IEnumerable<string> Matching(string folder, string segment)
    {
        if (!Directory.Exists(folder))
            return [];
        var pattern = new WildcardPattern(segment, WildcardOptions.IgnoreCase);
        return new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.Hidden })
            .Where(entry => pattern.IsMatch(entry.Name))
            .OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.Name, StringComparer.Ordinal)
            .Select(entry => IO.Path.Combine(folder, entry.Name));
    }

    // What is put before the user's path is never a pattern, even where the location itself is called a[1].
    private string Qualify(string path, bool literal)
    {
        if (string.IsNullOrEmpty(path))
            throw new PSArgumentException("The path is empty. Name a file or folder.", nameof(path));
        string Plain(string prefix) => literal ? prefix : WildcardPattern.Escape(prefix);
        int provider = path.IndexOf("::", StringComparison.Ordinal);
        if (provider > 0)
        {
            if (!ProviderInfo.IsFileSystem(path[..provider]))
                throw new ProviderNotFoundException(
                    $"Cannot find a provider with the name '{path[..provider]}'. There is only FileSystem.");
            return IO.Path.Combine(Plain(location), path[(provider + 2)..]);
        }

        RejectUnknownDrive(path);

        // A backslash separates on every system.
        if (!OperatingSystem.IsWindows())
            path = path.Replace('\\', '/');
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith(@"~\", StringComparison.Ordinal))
            path = Plain(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)) + path[1..];
        return IO.Path.Combine(Plain(location), path);
    }

    private static void RejectUnknownDrive(string path)
    {
        int colon = path.IndexOf(':');
        if (colon <= 0 || path.AsSpan(0, colon).IndexOfAny('/', '\\') >= 0)
            return;
        if (!OperatingSystem.IsWindows() || colon > 1)
            throw new DriveNotFoundException($"Cannot find drive. A drive with the name '{path[..colon]}' does not exist.");
    }
}
