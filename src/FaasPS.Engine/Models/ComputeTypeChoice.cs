using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Models;

/// <summary>What a model computes in when nobody says.</summary>
/// <param name="Type">The type.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record ComputeTypeChoice(ComputeType Type, string Reason)
{
    /// <summary>
    /// The U-Net's channels from which on bfloat16 is worth it on a CPU. With fewer, products are too small for its instructions to win
    /// over the conversions.
    /// </summary>
    private const int WideEnough = 128;

    /// <summary>float16 on CUDA; on a CPU bfloat16 where it has instructions for that and the model is wide; else float32.</summary>
    /// <param name="files">The model's files; only its configuration is read.</param>
    /// <param name="device">cpu, cuda, cuda:N or auto.</param>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    public static ComputeTypeChoice For(ModelFiles files, string device) =>
        For(ModelConfig.Load(files.Config).UNet.ModelChannels, Devices.Find(device).Name, CpuHasBFloat16());

    internal static ComputeTypeChoice For(long channels, string device, bool cpuHasBFloat16)
    {
        if (device != "cpu") return new(ComputeType.Float16, $"{device} is fast in it");
        if (!cpuHasBFloat16) return new(ComputeType.Float32, "the processor has no instructions for bfloat16");
        return channels < WideEnough
            ? new(ComputeType.Float32, $"the model has {channels} channels, and bfloat16 pays from {WideEnough} on")
            : new(ComputeType.BFloat16, "the processor has instructions for it");
    }

    /// <summary>.NET 8 tells of neither AVX512-BF16 nor AMX; Linux does. Elsewhere: no.</summary>
    internal static bool CpuHasBFloat16(string cpuInfo = "/proc/cpuinfo")
    {
        if (!File.Exists(cpuInfo)) return false;
        // One line of features for each processor: x86 calls it flags, ARM Features.
        var features = File.ReadLines(cpuInfo)
            .FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal) || line.StartsWith("Features", StringComparison.Ordinal));
        return features is not null && features.Split(' ').Any(feature => feature is "avx512_bf16" or "amx_bf16" or "bf16");
    }
}
