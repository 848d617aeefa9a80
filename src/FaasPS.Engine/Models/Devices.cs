using TorchSharp;

namespace FaasPS.Engine.Models;

/// <summary>A device that models can run on.</summary>
/// <param name="Name">cpu, cuda:0 and so on.</param>
/// <param name="Types">The compute types it supports.</param>
/// <param name="Description">What it is, for people.</param>
/// <param name="MemoryBytes">Its memory, where that can be told.</param>
public sealed record ComputeDevice(string Name, IReadOnlyList<ComputeType> Types, string Description, long? MemoryBytes);

/// <summary>The devices of this machine.</summary>
public static class Devices
{
    private static readonly ComputeType[] OnCpu = [ComputeType.Float32, ComputeType.BFloat16];
    private static readonly ComputeType[] OnCuda = [ComputeType.Float32, ComputeType.BFloat16, ComputeType.Float16];

    /// <summary>The CPU, then the CUDA devices that libtorch sees.</summary>
    /// <exception cref="NativeRuntimeException">libtorch cannot be loaded.</exception>
    public static IReadOnlyList<ComputeDevice> List()
    {
        NativeRuntime.Load();
        var cpu = new ComputeDevice("cpu", OnCpu, $"{NativeRuntime.Threads} threads", GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return [cpu, .. Enumerable.Range(0, count).Select(i => new ComputeDevice($"cuda:{i}", OnCuda, "CUDA device", null))];
    }

    /// <summary>Finds a device by name.</summary>
    /// <param name="name">cpu, cuda, cuda:N, or auto: the first CUDA device if there is one, else the CPU.</param>
    /// <exception cref="ArgumentException">No such device here; the message lists what there is.</exception>
    internal static ComputeDevice Find(string name)
    {
        var devices = List();
        var wanted = name.ToLowerInvariant() switch
        {
            "auto" => devices.Count > 1 ? "cuda:0" : "cpu",
            "cuda" => "cuda:0",
            var other => other,
        };
        return devices.FirstOrDefault(d => d.Name == wanted)
            ?? throw new ArgumentException(
                $"There is no device '{name}' here. Devices: auto, {string.Join(", ", devices.Select(d => d.Name))}.", nameof(name));
    }

    /// <summary>Finds a device by name, for a compute type.</summary>
    /// <param name="name">As above.</param>
    /// <param name="type">The compute type wanted there.</param>
    /// <exception cref="ArgumentException">No such device here, or it lacks the type; the message lists what there is.</exception>
    internal static torch.Device Find(string name, ComputeType type)
    {
        var device = Find(name);
        if (!device.Types.Contains(type))
        {
            throw new ArgumentException(
                $"{device.Name} does not compute in {type}. It supports {string.Join(", ", device.Types)}.", nameof(type));
        }
        return torch.device(device.Name);
    }
}
