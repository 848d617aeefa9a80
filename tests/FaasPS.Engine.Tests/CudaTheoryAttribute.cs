using TorchSharp;

namespace FaasPS.Engine.Tests;

/// <summary>A theory that needs a CUDA device, visibly skipped without one. Filter: Category=Cuda.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CudaTheoryAttribute : TheoryAttribute
{
    public CudaTheoryAttribute()
    {
        NativeRuntime.Load();
        if (!torch.cuda.is_available()) Skip = "There is no CUDA device here.";
    }
}
