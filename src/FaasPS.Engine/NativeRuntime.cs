using System.Runtime.InteropServices;
using System.Runtime.Loader;
using TorchSharp;

namespace FaasPS.Engine;

/// <summary>libtorch, or the library that binds it, cannot be loaded. The message lists what was tried and what to do.</summary>
public class NativeRuntimeException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another module's libtorch is in the process. The message names it.</summary>
public sealed class NativeRuntimeConflictException(string message) : NativeRuntimeException(message);

/// <summary>
/// Loads libtorch on first use, from an explicit path. TorchSharp itself prints to the console when it does not find the library and
/// remembers the failure for the life of the process, so the path is checked before TorchSharp is touched.
/// </summary>
public static class NativeRuntime
{
    /// <summary>Names the folder of another libtorch: a libtorch zip's or a PyTorch wheel's <c>lib</c> or the folder above it.</summary>
    public const string LocationVariable = "FAAS_LIBTORCH";

    private const string Binding = "LibTorchSharp";
    private static readonly object Gate = new();
    private static bool loaded;

    /// <summary>Loads the library if that has not happened yet and sets the thread count to the physical cores.</summary>
    /// <exception cref="NativeRuntimeException">It cannot be loaded, or another module's is in the process.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (loaded) return;
            LoadBinding();
            if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null) torch.set_num_threads(PhysicalCores());
            loaded = true;
        }
    }

    /// <summary>The threads of CPU operations; the physical cores unless OMP_NUM_THREADS says otherwise or this was set.</summary>
    public static int Threads
    {
        get
        {
            Load();
            return torch.get_num_threads();
        }
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Load();
            torch.set_num_threads(value);
        }
    }

    private static void LoadBinding()
    {
        var tried = new List<string>();
        var named = Environment.GetEnvironmentVariable(LocationVariable);
        if (ForeignTorch.Find(named) is { } foreign) throw new NativeRuntimeConflictException(foreign);
        // A libtorch that was named and is not there is an error: silently taking another would hide it.
        var ready = string.IsNullOrEmpty(named) || PreloadLibtorch(named, tried);
        foreach (var path in ready ? Candidates(named) : [])
        {
            if (!File.Exists(path))
            {
                tried.Add($"{path}: not there");
                continue;
            }
            try
            {
                var handle = NativeLibrary.Load(path);
                // TorchSharp asks for its libraries by name; answer with the one found here, libtorch itself having come along with it.
                AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll +=
                    (_, name) => name is Binding or "torch_cpu" or "torch_cuda" ? handle : IntPtr.Zero;
                return;
            }
            catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
            {
                tried.Add($"{path}: {exception.Message}");
            }
        }
        var list = string.Join(Environment.NewLine, tried.Select(attempt => $"  {attempt}"));
        throw new NativeRuntimeException(
            $"libtorch could not be loaded. Tried:{Environment.NewLine}{list}{Environment.NewLine}" +
            $"Install it (see about_FaasNativeRuntime), or set {LocationVariable} to the folder that holds it.");
    }

    /// <summary>Loads libtorch's own libraries from a folder, dependencies first, so that the binding finds them in the process.</summary>
    private static bool PreloadLibtorch(string folder, List<string> tried)
    {
        var folders = new[] { folder, Path.Combine(folder, "lib") };
        if (folders.FirstOrDefault(f => File.Exists(Path.Combine(f, FileName("torch_cpu")))) is not { } found)
        {
            tried.AddRange(folders.Select(f => $"{Path.Combine(f, FileName("torch_cpu"))} ({LocationVariable}): not there"));
            return false;
        }
        foreach (var library in new[] { "c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch" })
        {
            var path = Path.Combine(found, FileName(library));
            if (!File.Exists(path) || NativeLibrary.TryLoad(path, out _)) continue;
            tried.Add($"{path}: does not load");
            return false;
        }
        return true;
    }

    private static IEnumerable<string> Candidates(string? named)
    {
        var file = FileName(Binding);
        var folders = new[] { typeof(torch).Assembly, typeof(NativeRuntime).Assembly }.Select(a => Path.GetDirectoryName(a.Location)!);
        if (!string.IsNullOrEmpty(named)) folders = folders.Concat([named, Path.Combine(named, "lib")]);
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var portable = $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        return folders.Distinct(StringComparer.Ordinal)
            .SelectMany(folder => new[] { Path.Combine(folder, file), Path.Combine(folder, "runtimes", portable, "native", file) });
    }

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";

    /// <summary>Linux counts a core once however many hardware threads it has; elsewhere the processors the process may use.</summary>
    private static int PhysicalCores()
    {
        const string cpus = "/sys/devices/system/cpu";
        if (!Directory.Exists(cpus)) return Environment.ProcessorCount;
        var cores = Directory.EnumerateDirectories(cpus, "cpu*")
            .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
            .Where(File.Exists)
            .Select(File.ReadAllText)
            .Distinct(StringComparer.Ordinal)
            .Count();
        return cores == 0 ? Environment.ProcessorCount : Math.Min(cores, Environment.ProcessorCount);
    }
}
