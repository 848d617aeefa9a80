using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Models;

/// <summary>y = x Wᵀ + b.</summary>
internal sealed class Linear(WeightScope w, long inputs, long outputs, bool bias = true)
{
    private readonly Tensor weight = w.Tensor("weight", outputs, inputs);
    private readonly Tensor? bias = bias ? w.Tensor("bias", outputs) : null;

    public Tensor Forward(Tensor x) => F.linear(x, weight, bias); // [.., inputs] -> [.., outputs]

    public long Macs(long tokens) => tokens * inputs * outputs;
}

/// <summary>A two-dimensional convolution with a square kernel.</summary>
internal sealed class Conv2d(WeightScope w, long inputs, long outputs, int kernel, int stride = 1, int padding = 0)
{
    private readonly long[] strides = [stride, stride];
    private readonly long[] paddings = [padding, padding];
    private readonly Tensor weight = w.Tensor("weight", outputs, inputs, kernel, kernel);
    private readonly Tensor bias = w.Tensor("bias", outputs);

    public Tensor Forward(Tensor x) => F.conv2d(x, weight, bias, strides, paddings); // [N, inputs, H, W] -> [N, outputs, H', W']

    /// <summary>Multiply-accumulates for an output of the given size.</summary>
    public long Macs(long height, long width) => height * width * kernel * kernel * inputs * outputs;
}

/// <summary>
/// Group normalisation in 32 groups with an affine map a channel, as every network of Stable Diffusion uses it. Its statistics are
/// float32 whatever the model's type.
/// </summary>
internal sealed class GroupNorm(WeightScope w, long channels, double eps)
{
    private readonly Tensor weight = w.As(Norms.TypeFor(w)).Tensor("weight", channels);
    private readonly Tensor bias = w.As(Norms.TypeFor(w)).Tensor("bias", channels);

    public Tensor Forward(Tensor x) // [N, channels, H, W], in x's type
    {
        using var scope = NewDisposeScope();
        return Normalize(x).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>SiLU of the norm.</summary>
    public Tensor Activate(Tensor x)
    {
        using var scope = NewDisposeScope();
        // In place, autograd would copy the norm's output first: that is the same memory, and one pass more.
        return F.silu(Normalize(x), inplace: !is_grad_enabled()).to(x.dtype).MoveToOuterDisposeScope();
    }

    private Tensor Normalize(Tensor x) => F.group_norm(Norms.Input(x, weight), 32, weight, bias, eps);
}

/// <summary>Layer normalisation over the last axis, with statistics in float32 like <see cref="GroupNorm"/>.</summary>
internal sealed class LayerNorm(WeightScope w, long channels)
{
    private readonly long[] shape = [channels];
    private readonly Tensor weight = w.As(Norms.TypeFor(w)).Tensor("weight", channels);
    private readonly Tensor bias = w.As(Norms.TypeFor(w)).Tensor("bias", channels);

    public Tensor Forward(Tensor x) // [.., channels], in x's type
    {
        using var scope = NewDisposeScope();
        return F.layer_norm(Norms.Input(x, weight), shape, weight, bias, 1e-5).to(x.dtype).MoveToOuterDisposeScope();
    }
}

/// <summary>What norms compute in.</summary>
internal static class Norms
{
    /// <summary>
    /// The weights' type: the model's on CUDA, whose kernels keep the statistics in float32 and want weights of the input's type; float32
    /// elsewhere.
    /// </summary>
    public static ScalarType TypeFor(WeightScope w) => w.Device.type == DeviceType.CUDA ? w.DType : ScalarType.Float32;

    /// <summary>On a CPU libtorch takes bfloat16 with weights of float32 and computes in that; elsewhere the types must be the same.</summary>
    public static Tensor Input(Tensor x, Tensor weight) =>
        x.device_type == DeviceType.CPU && x.dtype == ScalarType.BFloat16 ? x : x.to(weight.dtype);
}
