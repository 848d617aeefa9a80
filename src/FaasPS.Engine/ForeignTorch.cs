using System.Diagnostics;
using System.Reflection;
using TorchSharp;

namespace FaasPS.Engine;

/// <summary>
/// Another module's libtorch. Its TorchSharp assembly does no harm, this module's being in a load context of its own; but native libraries
/// belong to the process, and a binding that meets the libtorch of another version ends it.
/// </summary>
internal static class ForeignTorch
{
    /// <summary>What another TorchSharp has loaded into this process; none: nothing.</summary>
    /// <param name="wanted">The folder that the user named to take libtorch from, if one.</param>
    public static string? Find(string? wanted)
    {
        var others = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => assembly.GetName().Name == "TorchSharp" && assembly != typeof(torch).Assembly).ToArray();
        if (others.Length == 0) return null; // the modules need not be looked at
        using var process = Process.GetCurrentProcess();
        return Describe(others, process.Modules.Cast<ProcessModule>().Select(module => module.FileName), wanted);
    }

    /// <summary>The same of given assemblies and native libraries.</summary>
    internal static string? Describe(IEnumerable<Assembly> others, IEnumerable<string> libraries, string? wanted)
    {
        var loaded = libraries.FirstOrDefault(path => Path.GetFileName(path).Contains("torch_cpu", StringComparison.OrdinalIgnoreCase));
        if (loaded is null) return null;
        var folder = Path.GetDirectoryName(loaded)!;
        // Both modules were told to share it.
        if (!string.IsNullOrEmpty(wanted) && new[] { wanted, Path.Combine(wanted, "lib") }.Any(own => Path.GetFullPath(own) == folder))
            return null;
        var names = string.Join(" and ", others.Select(other => $"TorchSharp {other.GetName().Version} of '{other.Location}'"));
        return $"{names} has already loaded '{loaded}' into this process, and one process cannot hold two libtorchs. "
            + "Use FaasPS in a new session, before or without the other module.";
    }
}
