using FaasPS.Cmdlets;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests;

/// <summary>A session with the module in a folder of its own, which goes when the test ends.</summary>
public sealed class ModuleSession : IDisposable
{
    private readonly HostSession session;

    public ModuleSession()
    {
        Folder = Directory.CreateTempSubdirectory("faasps-").FullName;
        session = new HostSession(Folder);
        session.AddModule(typeof(FaasModel).Assembly);
    }

    public string Folder { get; }

    public HostSession Session => session;

    public static string Repository { get; } = FindRepository();

    public static string Fixture(params string[] parts) => Path.Combine([Repository, "tests", "fixtures", .. parts]);

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Copies one of the small test pictures here, with a prompt beside it unless there is to be none.</summary>
    public string AddPicture(string name, string? prompt = "a cat", string from = "image0.png")
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Fixture("tiny", from), path);
        if (prompt is not null) File.WriteAllText(Path.ChangeExtension(path, ".txt"), prompt);
        return path;
    }

    public HostResult Invoke(string text) => session.Invoke(text);

    /// <summary>A folder's files but for the manifest.</summary>
    public string[] Files(string folder = "translated") =>
        Directory.Exists(PathOf(folder))
            ? [.. Directory.EnumerateFiles(PathOf(folder)).Select(f => Path.GetFileName(f))
                .Where(name => name != "results.jsonl").Order(StringComparer.Ordinal)]
            : [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string FindRepository()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "FaasPS.sln"))) return directory.FullName;
        throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds FaasPS.sln.");
    }
}
