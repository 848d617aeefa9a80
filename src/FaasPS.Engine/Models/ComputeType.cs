using TorchSharp;

namespace FaasPS.Engine.Models;

/// <summary>The number type a model computes in. Normalisation, softmax and the sampler's state are float32 in each.</summary>
public enum ComputeType
{
    /// <summary>Single precision, everywhere.</summary>
    Float32,

    /// <summary>bfloat16: half the memory; fast on processors with instructions for it, and on CUDA.</summary>
    BFloat16,

    /// <summary>Half precision, on CUDA only.</summary>
    Float16,
}

internal static class ComputeTypes
{
    public static torch.ScalarType ToScalarType(this ComputeType type) => type switch
    {
        ComputeType.Float32 => torch.ScalarType.Float32,
        ComputeType.BFloat16 => torch.ScalarType.BFloat16,
        ComputeType.Float16 => torch.ScalarType.Float16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a compute type."),
    };
}
