using FaasPS.EmojiData;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Training;

/// <summary>The mean of several runs' weights.</summary>
public sealed class WeightMeanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope;

    public WeightMeanTests()
    {
        NativeRuntime.Load();
        scope = NewDisposeScope();
    }

    [Fact]
    public void EachTensorIsTheMeanOfThoseOfItsNameInTheFirstFilesType()
    {
        var a = Weights("a", ("w", tensor(new[] { 1f, 2f }).to(float16)), ("b", tensor(new[] { 4f })));
        var b = Weights("b", ("b", tensor(new[] { 8f })), ("w", tensor(new[] { 2f, 6f })), ("more", tensor(new[] { 1f })));
        var output = folder.Of("mean.safetensors");
        WeightMean.Write(output, [a, b]);
        using var mean = CheckpointFile.Open(output);
        Assert.Equal(["b", "w"], mean.Keys.Order());
        Assert.Equal(float16, mean.Tensors["w"].DType);
        Assert.Equal([1.5f, 4f], mean.Load("w", float32, CPU).data<float>().ToArray());
        Assert.Equal([6f], mean.Load("b", float32, CPU).data<float>().ToArray());
    }

    [Fact]
    public void WeightsOfAnotherShapeAreRefusedAndNothingIsWritten()
    {
        var a = Weights("a", ("w", zeros(2)));
        var output = folder.Of("mean.safetensors");
        Assert.Throws<WeightsException>(() => WeightMean.Write(output, [a, Weights("b", ("w", zeros(3)))]));
        Assert.Throws<WeightsException>(() => WeightMean.Write(output, [a, Weights("c", ("v", zeros(2)))]));
        Assert.False(File.Exists(output));
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private string Weights(string name, params (string Name, Tensor Tensor)[] tensors)
    {
        var path = folder.Of($"{name}.safetensors");
        Safetensors.Write(path, tensors);
        return path;
    }
}
