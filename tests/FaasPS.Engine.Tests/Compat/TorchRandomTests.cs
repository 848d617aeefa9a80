using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Seeds give PyTorch's numbers: recorded from torch.Generator().manual_seed(seed) of PyTorch 1.13.1 on a CPU.</summary>
public sealed class TorchRandomTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0, new[] { 1.5409961f, -0.2934289f, -2.1787894f, 0.56843126f, -1.0845224f },
        new[] { 0.022325754f, 0.16885895f, 0.29388845f }, new[] { 76L, 56, 68, 94, 33 })]
    [InlineData(42, new[] { 0.33669037f, 0.12880941f, 0.23446237f, 0.23033303f, -1.1228564f },
        new[] { 0.86940444f, 0.5677153f, 0.74109405f }, new[] { 72L, 15, 95, 67, 6 })]
    public void AGeneratorGivesPyTorchsNumbers(int seed, float[] normal, float[] uniform, long[] whole)
    {
        using var generator = new Generator((ulong)seed);
        Assert.Equal(seed, generator.initial_seed());
        Near(normal, randn(5, generator: generator));
        Near(uniform, rand(3, generator: generator));
        Assert.Equal(whole, randint(0, 100, [5], generator: generator).data<long>().ToArray());
    }

    [Fact]
    public void LongerNormalTensorsToo()
    {
        // From 16 elements on, PyTorch draws in blocks: randn(2, 16) with seed 7, its second row.
        using var generator = new Generator(7);
        Near([-1.5826647f, -0.3245666f, 1.9263681f, -0.33001173f], randn(2, 16, generator: generator)[1, 0..4]);
    }

    [Fact]
    public void ReseedingAndRestoringRepeat()
    {
        using var generator = new Generator(3);
        var first = randn(100, generator: generator);
        var state = generator.get_state();
        var second = randn(100, generator: generator);
        Assert.False(first.Equals(second));
        generator.set_state(state);
        Assert.True(second.Equals(randn(100, generator: generator)));
        generator.manual_seed(3);
        Assert.True(first.Equals(randn(100, generator: generator)));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), randperm(50, generator: generator).data<long>().ToArray().Order());
    }

    private static void Near(float[] expected, Tensor actual)
    {
        float[] values = actual.data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++) Assert.Equal(expected[i], values[i], 1e-5f);
    }
}
