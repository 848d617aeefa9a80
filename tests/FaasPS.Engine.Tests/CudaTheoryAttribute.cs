using FaasPS.Engine.Models;
using TorchSharp;

namespace FaasPS.Engine.Tests;

/// <summary>
/// A theory that needs a CUDA device, visibly skipped without one. Filter: Category=Cuda. FAAS_CUDA_TESTS_ON=cpu rehearses such tests on
/// the CPU.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CudaTheoryAttribute : TheoryAttribute
{
    public CudaTheoryAttribute()
    {
        NativeRuntime.Load();
        if (Device == "cuda" && !torch.cuda.is_available()) Skip = "There is no CUDA device here.";
    }

    /// <summary>Where such tests run.</summary>
    public static string Device => Environment.GetEnvironmentVariable("FAAS_CUDA_TESTS_ON") is { Length: > 0 } other ? other : "cuda";

    /// <summary>The type to compute in there; the CPU has no float16.</summary>
    public static ComputeType TypeFor(ComputeType type) => Device == "cpu" && type == ComputeType.Float16 ? ComputeType.Float32 : type;
}
