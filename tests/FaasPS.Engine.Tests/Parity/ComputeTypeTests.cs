using FaasPS.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>How far other types and devices are from the reference's float32.</summary>
public sealed class ComputeTypeTests
{
    /// <summary>bfloat16 keeps 8 bits of a number: each operation rounds by up to 0.4 %, and about a hundred follow one another.</summary>
    [Fact]
    public void BFloat16StaysNearTheReference() => Assert.InRange(RelativeError(ComputeType.BFloat16, "cpu"), 1e-5, 0.03);

    [CudaTheory]
    [Trait("Category", "Cuda")]
    [InlineData(ComputeType.Float32, 1e-3)] // TF32 is off by default for matrix products, on for convolutions: 10 bits
    [InlineData(ComputeType.BFloat16, 0.03)]
    [InlineData(ComputeType.Float16, 0.005)]
    public void CudaStaysNearTheReference(ComputeType type, double tolerance) =>
        Assert.InRange(RelativeError(CudaTheoryAttribute.TypeFor(type), CudaTheoryAttribute.Device), 0, tolerance);

    private static double RelativeError(ComputeType type, string device)
    {
        using var scope = NewDisposeScope();
        using var model = FcDiffusionModel.Load(TinyModel.Files(), type, device);
        Tensor Input(string name) => Goldens.Get(name).to(model.Device);
        var expected = Goldens.Get("apply_model.eps");
        var actual = TinyModel.ApplyModel(
            model, Input("cond.x_noisy"), Input("layer.t"), Input("cond.context"), Input("cond.hint")).to(ScalarType.Float32).cpu();
        return (actual - expected).norm().item<float>() / expected.norm().item<float>();
    }
}
