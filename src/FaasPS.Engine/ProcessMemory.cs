using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FaasPS.Engine;

/// <summary>
/// The process's greatest working set since this was made. Linux can begin the count anew and tells it exactly; where the system cannot,
/// it is exact when the process never was larger, and else the largest of what was seen at <see cref="Look"/>. What other runs take at
/// the same time is part of it, and one that begins meanwhile begins the count anew: what was seen by then stays.
/// </summary>
internal sealed partial class ProcessMemory
{
    private readonly long before;
    private long seen;

    public ProcessMemory()
    {
        StartOver();
        before = Read(process => process.PeakWorkingSet64);
        Look();
    }

    /// <summary>Takes account of what the process has now.</summary>
    public void Look()
    {
        seen = Math.Max(seen, Read(process => process.WorkingSet64));
        if (Read(process => process.PeakWorkingSet64) is var peak && peak > before) seen = Math.Max(seen, peak);
    }

    /// <summary>Bytes, up to now.</summary>
    public long Peak
    {
        get
        {
            Look();
            return seen;
        }
    }

    /// <summary>
    /// Gives what was freed back to the system. glibc keeps freed blocks of up to 32 MB for itself, which most weights are below.
    /// </summary>
    public static void GiveBack()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no such function, and keeps nothing of this size.
        }
    }

    /// <summary>proc(5): 5 written to clear_refs sets the peak to what the process has now.</summary>
    private static void StartOver()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A kernel or sandbox without it: the peak is then known only when it rises.
        }
    }

    private static long Read(Func<Process, long> value)
    {
        using var process = Process.GetCurrentProcess();
        return value(process);
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int TrimHeap(nint pad);
}
