using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>What the engine relies on in TorchSharp: arithmetic, shapes, indexing, types. True of both stacks.</summary>
public sealed class TorchTensorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ArithmeticWithTensorsAndNumbers()
    {
        var a = tensor(new[] { 1f, 2f, 4f });
        var b = tensor(new[] { 3f, 5f, 7f });
        Assert.Equal([4f, 7f, 11f], Values(a + b));
        Assert.Equal([-2f, -3f, -3f], Values(a - b));
        Assert.Equal([3f, 10f, 28f], Values(a * b));
        Assert.Equal([0.25f, 0.5f, 1f], Values(a / 4));
        Assert.Equal([9f, 8f, 6f], Values(10 - a));
        Assert.Equal([8f, 4f, 2f], Values(8.0 / a));
        Assert.Equal([-1f, -2f, -4f], Values(-a));
        Assert.Equal([1f, 0f, 0f], Values(a % 2));
        Assert.Equal([7f, 12f, 18f], Values(a.add(b, 2)));
        Assert.Equal([2.5f, 7f, 18f], Values(a.addcmul(a, b, 0.5)));
        Assert.Equal([1f, 4f, 16f], Values(a.square()));
        Assert.Equal([2f, 3.5f, 5.5f], Values(a.lerp(b, tensor(0.5f))));
        Assert.Equal([2f, 2f, 3f], Values(a.clamp(2, 3)));
        Assert.Equal([3f, 5f, 7f], Values(maximum(a, b)));
        Assert.Equal(ScalarType.Float32, (a * 2.0).dtype);
        Assert.Equal(ScalarType.Int64, (arange(3) * 2).dtype);
    }

    [Fact]
    public void InPlaceFormsChangeTheTensorAndReturnIt()
    {
        var a = tensor(new[] { 1f, 4f, 9f });
        Assert.Same(a, a.sqrt_());
        Assert.Same(a, a.mul_(2).add_(tensor(1f), 3).sub_(1));
        Assert.Equal([4f, 6f, 8f], Values(a));
        a.copy_(arange(3));
        Assert.Equal([0f, 1f, 2f], Values(a));
        a.fill_(7);
        a.zero_();
        Assert.Equal([0f, 0f, 0f], Values(a));
        a.masked_fill_(tensor(new[] { true, false, true }), -1);
        Assert.Equal([-1f, 0f, -1f], Values(a));
    }

    [Fact]
    public void ShapesAndViews()
    {
        var a = arange(24).reshape(2, 3, 4);
        Assert.Equal([2L, 3, 4], a.shape);
        Assert.Equal([12L, 4, 1], a.stride());
        Assert.Equal(4, a.size(-1));
        Assert.Equal([4L, 2, 3], a.permute(2, 0, 1).shape);
        Assert.False(a.transpose(1, 2).is_contiguous());
        Assert.Equal([2L, 12], a.flatten(1).shape);
        Assert.Equal([2L, 1, 3, 4], a.unsqueeze(1).shape);
        Assert.Equal([2L, 3, 4], a.unsqueeze(1).squeeze(1).shape);
        Assert.Equal([5L, 2, 3, 4], a.expand(5, 2, 3, 4).shape);
        Assert.Equal([4L, 3, 8], a.repeat(2, 1, 2).shape);
        Assert.Equal([2L, 3, 2], a.chunk(2, 2)[1].shape);
        Assert.Equal([[2L, 1, 4], [2L, 2, 4]], a.split([1, 2], 1).Select(part => part.shape));
        Assert.Equal([3L, 4], a.unbind()[1].shape);
        Assert.Equal([4L, 3, 4], cat([a, a], 0).shape);
        Assert.Equal([2L, 2, 3, 4], stack([a, a], 1).shape);
        Assert.Equal(4, a.narrow(2, 1, 3).storage_offset() + 3);
        Assert.Equal([2L, 5, 6], nn.functional.pad(a, (1, 1, 0, 2)).shape);
        Assert.Equal("[2x3x4], type = Int64, device = cpu", a.ToString());
        Assert.Equal("[], type = Float32, device = cpu", tensor(1f).ToString());
    }

    [Fact]
    public void IndexingReadsAndWrites()
    {
        var a = arange(12).reshape(3, 4);
        Assert.Equal(6, a[1, 2].item<long>());
        Assert.Equal(11, a[-1, -1].item<long>());
        Assert.Equal([4L, 5, 6, 7], a[1].data<long>().ToArray());
        Assert.Equal([1L, 5, 9], a[TensorIndex.Colon, 1].data<long>().ToArray());
        Assert.Equal([1L, 2, 5, 6, 9, 10], a[.., 1..3].data<long>().ToArray());
        Assert.Equal([3L, 7, 11], a[TensorIndex.Ellipsis, ^1].data<long>().ToArray());
        Assert.Equal([8L, 10], a[2, TensorIndex.Slice(0, null, 2)].data<long>().ToArray());
        Assert.Equal([3L, 1, 4], a[TensorIndex.Colon, TensorIndex.Null].shape);
        Assert.Equal([8L, 9, 10, 11, 0, 1, 2, 3], a[tensor(new[] { 2L, 0 })].data<long>().ToArray());
        Assert.Equal([9L, 10, 11], a[a > 8].data<long>().ToArray());
        Assert.Equal([2L, 0], a.index_select(1, tensor(new[] { 2L, 0 }))[0].data<long>().ToArray());

        a[0, 0] = tensor(100L);
        a[1] = tensor(-1L);
        a[TensorIndex.Colon, 3] = tensor(new[] { 7L, 8, 9 });
        Assert.Equal([100L, 1, 2, 7, -1, -1, -1, 8, 8, 9, 10, 9], a.data<long>().ToArray());
    }

    [Fact]
    public void ConversionsBetweenTypes()
    {
        var a = tensor(new[] { 0f, 1.5f, -2.75f });
        Assert.Equal([0L, 1, -2], a.to(int64).data<long>().ToArray());
        Assert.Equal([false, true, true], a.@bool().data<bool>().ToArray());
        Assert.Equal([(Half)0, (Half)1.5, (Half)(-2.75)], a.half().data<Half>().ToArray());
        Assert.Equal(ScalarType.BFloat16, a.to(bfloat16).dtype);
        Assert.Equal(2, a.to(bfloat16).element_size());
        // 1/3 has no exact form in 8 significant bits.
        Assert.Equal(0.333984375f, tensor(1 / 3f).to(bfloat16).to(float32).item<float>());
        Assert.Equal(0.333984375f, tensor(1 / 3f).to(bfloat16).ToSingle());
        Assert.Equal([1d, 2d], tensor(new[] { 1, 2 }, float64).data<double>().ToArray());
        Assert.Equal(ScalarType.Float32, a.to(torch.CPU).dtype);
        Assert.Equal(5, tensor(5).ToInt32());
        Assert.Equal(3.5, (double)tensor(3.5));
        Assert.True(tensor(true).item<bool>());
        using var copy = a.to(float32, copy: true);
        copy.fill_(9);
        Assert.Equal(0f, a[0].item<float>());
    }

    [Fact]
    public void FactoriesGiveTypesAndValues()
    {
        Assert.Equal(ScalarType.Float32, zeros(2, 3).dtype);
        Assert.Equal(ScalarType.Int64, arange(4).dtype);
        Assert.Equal(ScalarType.Float32, arange(0f, 1f, 0.25f).dtype);
        Assert.Equal([0f, 0.5f, 1f], Values(linspace(0, 1, 3)));
        Assert.Equal([1f, 0f, 0f, 1f], Values(eye(2)));
        Assert.Equal([3f, 3f], Values(full([2], 3f, ScalarType.Float32)));
        Assert.Equal(ScalarType.Int64, full([2], 3).dtype);
        Assert.Equal([2L, 2], tensor(new[] { 1f, 2f, 3f, 4f }, [2, 2]).shape);
        Assert.Equal([2L, 2], tensor(new[,] { { 1f, 2f }, { 3f, 4f } }).shape);
        Assert.Equal(ScalarType.Byte, tensor(new byte[] { 1, 2 }).dtype);
        Assert.Equal(ScalarType.Int32, tensor(1).dtype);
        Assert.Equal(ScalarType.Float64, tensor(1.0).dtype);
        Assert.Equal(ScalarType.BFloat16, ones_like(zeros(2, dtype: bfloat16)).dtype);
    }

    [Fact]
    public void ReductionsAndSorting()
    {
        var a = tensor(new[] { 3f, 1f, 2f, 6f, 5f, 4f }, [2, 3]);
        Assert.Equal(21f, a.sum().item<float>());
        Assert.Equal([6f, 15f], Values(a.sum(1)));
        Assert.Equal([4.5f, 3f, 3f], Values(a.mean([0])));
        Assert.Equal([2L, 1], a.mean([1], keepdim: true).shape);
        Assert.Equal(3.5f, a.std().square().item<float>(), 5);
        Assert.Equal(6f, a.max().item<float>());
        Assert.Equal([0L, 0], a.max(1).indexes.data<long>().ToArray());
        Assert.Equal([1f, 4f], Values(a.amin([1])));
        Assert.Equal(3, a.argmax().item<long>());
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], Values(a.sort(1).Values));
        Assert.Equal([6f, 5f], Values(a.flatten().topk(2).values));
        Assert.Equal([3f, 4f, 6f, 6f, 11f, 15f], Values(a.cumsum(1)));
        Assert.Equal(3.5f, a.quantile(tensor(0.5f)).item<float>());
        Assert.Equal([2f, 5f], Values(a.quantile(tensor(0.5f), 1)));
        Assert.Equal(MathF.Sqrt(91), a.norm().item<float>(), 5);
        Assert.Equal(MathF.Sqrt(91), linalg.norm(a).item<float>(), 5);
        Assert.True(a.isfinite().all().item<bool>());
        Assert.True(a.allclose(a + 1e-6f));
        Assert.True(a.Equals(a.clone()));
        Assert.False(a.Equals(a + 1));
        Assert.Equal([true, true, true, false, false, false], (a < 4).flatten().data<bool>().ToArray());
    }

    [Fact]
    public void ProductsOfMatrices()
    {
        var a = tensor(new[] { 1f, 2f, 3f, 4f }, [2, 2]);
        Assert.Equal([7f, 10f, 15f, 22f], Values(a.matmul(a)));
        Assert.Equal([5f, 11f, 11f, 25f], Values(einsum("ij,kj->ik", a, a)));
        Assert.Equal([7f, 10f, 15f, 22f], Values(bmm(a.unsqueeze(0), a.unsqueeze(0))));
        Assert.Equal([5f, 11f, 11f, 25f], Values(nn.functional.linear(a, a)));
        Assert.Equal([6f, 12f, 12f, 26f], Values(nn.functional.linear(a, a, ones(2))));
    }

    private static float[] Values(Tensor t) => t.data<float>().ToArray();
}
