using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Threads and modes. Sets the process's thread count, so it runs alone.</summary>
[Collection(nameof(Alone))]
public sealed class TorchRuntimeTests
{
    [Fact]
    public void TheThreadCountIsSettable()
    {
        int before = get_num_threads();
        try
        {
            set_num_threads(2);
            Assert.Equal(2, get_num_threads());
            set_num_threads(1);
            Assert.Equal(1, get_num_threads());
        }
        finally
        {
            set_num_threads(before);
        }

        Assert.True(get_num_interop_threads() >= 1);
    }

    [Fact]
    public void TwoThreadsGetWhatOneGets()
    {
        using var scope = NewDisposeScope();
        var input = randn([4, 16, 24, 24], generator: new Generator(1));
        var weight = randn([32, 16, 3, 3], generator: new Generator(2));
        float[] Run()
        {
            using var own = NewDisposeScope();
            var y = nn.functional.silu(nn.functional.conv2d(input, weight, padding: [1, 1]));
            var q = y.flatten(2).transpose(1, 2); // [4, 576, 32]
            return nn.functional.scaled_dot_product_attention(q, q, q).data<float>().ToArray();
        }

        float[] expected = Run();
        var results = new float[6][];
        var threads = Enumerable.Range(0, 2).Select(t => new Thread(() =>
        {
            for (int i = t; i < results.Length; i += 2) results[i] = Run();
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void LinearLayersHaveTheSameBitsWithAnyNumberOfThreads()
    {
        int before = get_num_threads();
        try
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(4);
            var (x, w) = (randn([1333, 96], generator: generator).to(bfloat16), randn([192, 96], generator: generator).to(bfloat16));
            var results = new[] { 1, 2, 3, 7 }.Select(threads =>
            {
                set_num_threads(threads);
                return nn.functional.linear(x, w);
            }).ToList();
            Assert.All(results, result => Assert.True(result.Equals(results[0])));
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void InferenceModeHoldsInsideParallelWork()
    {
        int before = get_num_threads();
        set_num_threads(2);
        try
        {
            using var scope = NewDisposeScope();
            var q = randn([2, 4, 300, 32], generator: new Generator(3));
            var expected = nn.functional.scaled_dot_product_attention(q, q, q);
            using (inference_mode())
            {
                var p = q * 1;
                Assert.True(expected.Equals(nn.functional.scaled_dot_product_attention(p, p, p)));
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void ModesNestAndEnd()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad()) Assert.True(is_grad_enabled());
            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            using var a = ones(1);
            using var b = a + 1;
            Assert.Equal(2f, b.item<float>());
        }

        Assert.False(is_inference_mode_enabled());
    }

    [Fact]
    public void DevicesHaveNames()
    {
        Assert.Equal("cpu", CPU.ToString());
        Assert.Equal("cuda:1", new Device("cuda:1").ToString());
        Assert.Equal(DeviceType.CUDA, new Device("cuda").type);
        Assert.Equal(-1, new Device("cuda").index);
        using var a = ones(1);
        Assert.Equal(DeviceType.CPU, a.device.type);
        Assert.True(a.is_cpu());
        Assert.NotEmpty(__version__);
    }
}
