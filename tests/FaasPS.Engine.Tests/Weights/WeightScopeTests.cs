using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

public sealed class WeightScopeTests : IDisposable
{
    private readonly TemporaryFile file = new(CheckpointBytes.Safetensors(
        """
        {"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"a.0.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},
        "ab.weight":{"dtype":"F32","shape":[1],"data_offsets":[32,36]},"betas":{"dtype":"F32","shape":[1],"data_offsets":[36,40]}}
        """, 40));

    private readonly CheckpointFile source;
    private readonly WeightScope weights;

    public WeightScopeTests()
    {
        source = CheckpointFile.Open(file.Path);
        weights = new WeightScope(source, ScalarType.BFloat16, CPU);
    }

    public void Dispose()
    {
        source.Dispose();
        file.Dispose();
    }

    [Fact]
    public void KeysAreLookedUpUnderThePrefix()
    {
        Assert.Equal("", weights.Prefix);
        Assert.Equal("a.0.", weights["a"]["0"].Prefix);
        Assert.True(weights["a"].Contains("weight"));
        Assert.False(weights["a"].Contains("a.weight"));
        Assert.Equal([2, 3], weights["a"].ShapeOf("weight"));
        using var loaded = weights["a.0"].Tensor("bias", 2);
        Assert.Equal(ScalarType.BFloat16, loaded.dtype);
        using var single = weights.As(ScalarType.Float32)["a"].Tensor("weight", -1, 3);
        Assert.Equal(ScalarType.Float32, single.dtype);
        Assert.Equal([2, 3], single.shape);
    }

    [Fact]
    public void AMisshapenKeyIsNamedWithBothShapes()
    {
        foreach (var (shape, asked) in (IEnumerable<(long[], string)>)[([3, 3], "[3, 3]"), ([-1, 4], "[*, 4]"), ([6], "[6]"), ([], "[]")])
        {
            var message = Assert.Throws<WeightsException>(() => weights["a"].Tensor("weight", shape)).Message;
            foreach (var part in (string[])["'a.weight'", "[2, 3]", $"needs {asked}", file.Path])
                Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AMissingKeyIsNamed()
    {
        foreach (var ask in (Action[])[() => weights["a"].Tensor("bias", 2), () => weights["a"].ShapeOf("bias")])
            Assert.Contains("'a.bias'", Assert.Throws<WeightsException>(ask).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SurplusKeysAreNamed()
    {
        weights["a"].Tensor("weight", 2, 3).Dispose();
        Assert.Equal("a.0.bias ab.weight betas", string.Join(' ', weights.Unused()));
        Assert.Equal("a.0.bias ab.weight", string.Join(' ', weights.Unused("betas")));
        Assert.Equal("a.0.bias", string.Join(' ', weights["a"].Unused()));
        Assert.Empty(weights["a"].Unused("0."));
        // Another scope over the same source remembers for itself.
        Assert.Equal(4, new WeightScope(source, ScalarType.Float32, CPU).Unused().Count);
    }
}
