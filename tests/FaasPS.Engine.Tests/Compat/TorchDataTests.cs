using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Elements and bytes of tensors, in and out.</summary>
public sealed class TorchDataTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void BytesAreTheMemoryOfTheTensor()
    {
        var a = tensor(new[] { 1f, -2f });
        Assert.Equal([1f, -2f], MemoryMarshal.Cast<byte, float>(a.bytes).ToArray());
        MemoryMarshal.Cast<byte, float>(a.bytes)[1] = 5f;
        Assert.Equal(5f, a[1].item<float>());

        var b = empty(2, dtype: bfloat16);
        b.bytes = new byte[] { 0x80, 0x3f, 0x00, 0xc0 }; // 0x3f80 = 1, 0xc000 = -2
        Assert.Equal([1f, -2f], b.to(float32).data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => b.bytes = new byte[3]);
        Assert.Throws<InvalidOperationException>(() => _ = arange(6).reshape(2, 3).t().bytes.Length);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(7)]
    public void StreamsRoundTrip(int bufferSize)
    {
        var a = randn(13, 5, dtype: float64, generator: new Generator(1));
        using var stream = new MemoryStream();
        a.WriteBytesToStream(stream, bufferSize);
        Assert.Equal(13 * 5 * 8, stream.Length);
        stream.Position = 0;
        var b = empty(13, 5, dtype: float64);
        b.ReadBytesFromStream(stream, bufferSize);
        Assert.True(a.Equals(b));
        Assert.Throws<EndOfStreamException>(() => b.ReadBytesFromStream(stream, bufferSize));
    }

    [Fact]
    public void TheAccessorReadsStridedTensorsInRowMajorOrder()
    {
        var a = arange(6).reshape(2, 3).t(); // [3, 2], not contiguous
        var data = a.data<long>();
        Assert.Equal(6, data.Count);
        Assert.Equal([0L, 3, 1, 4, 2, 5], data.ToArray());
        Assert.Equal([0L, 3, 1, 4, 2, 5], data.ToList());
        Assert.Equal(4, data[3]);
        Assert.Equal(5, data[2, 1]);
        data[2, 1] = 50;
        Assert.Equal(50, a[2, 1].item<long>());
        var part = new long[3];
        data.CopyTo(part, 1, 2);
        Assert.Equal([0L, 1, 4], part);
        var rectangle = Assert.IsType<long[,]>(data.ToNDArray());
        Assert.Equal(3, rectangle[0, 1]);
    }

    [Fact]
    public void TheAccessorChecksTheType()
    {
        Assert.Throws<ArgumentException>(() => ones(1).item<double>());
        Assert.Throws<ArgumentException>(() => ones(1, dtype: bfloat16).item<float>());
        Assert.Throws<ArgumentException>(() => ones(2).item<float>());
        Assert.Equal((Half)1, ones(1, dtype: float16).item<Half>());
        Assert.ThrowsAny<Exception>(() => ones(2).data<float>()[2]);
    }

    [Fact]
    public void FromArraySharesTheArrayAndTensorCopiesIt()
    {
        float[] array = [1f, 2f, 3f];
        var shared = from_array(array);
        var copied = tensor(array);
        array[0] = 10f;
        Assert.Equal(10f, shared[0].item<float>());
        Assert.Equal(1f, copied[0].item<float>());
        Assert.Equal(ScalarType.Float64, from_array(array, float64).dtype);
        shared.Dispose();
        GC.Collect();
        Assert.Equal(10f, array[0]);
    }

    [Fact]
    public void FromFileMapsTheFile()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [.. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)]);
            using (var mapped = from_file(path, shared: false, 2, ScalarType.Float32)) Assert.Equal(2f, mapped[1].item<float>());
            Assert.ThrowsAny<System.Runtime.InteropServices.ExternalException>(() => from_file(path, shared: false, 3, ScalarType.Float32));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
