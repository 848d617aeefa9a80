using FaasPS.Engine.Models;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Tests.Training;

public sealed class PictureLatentsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ModelConfig config = ModelConfig.Load(SmallRun.Config);
    private readonly TrainingData data = TrainingData.Load(SmallRun.List, 16);
    private readonly WorkerThreads workers = new(2);

    private string Cache => folder.Of("latents.safetensors");

    public void Dispose()
    {
        workers.Dispose();
        data.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void WhatWasEncodedIsTakenAgain()
    {
        var shares = new List<double>();
        using var first = Of(seed: 1).Cached(Cache, shares.Add, CancellationToken.None);
        Assert.Equal(1, shares[^1]);
        shares.Clear();
        using var again = Of(seed: 1).Cached(Cache, shares.Add, CancellationToken.None);
        Assert.Empty(shares);
        Assert.Equal(first.data<float>().ToArray(), again.data<float>().ToArray());
    }

    [Fact]
    public void AnotherAutoencoderOrOtherPicturesAreEncodedAnew()
    {
        Of(seed: 1).Cached(Cache, null, CancellationToken.None).Dispose();
        using var other = Of(seed: 2).Cached(Cache, null, CancellationToken.None);
        using var expected = Of(seed: 2).Encode(null, CancellationToken.None);
        Assert.Equal(expected.data<float>().ToArray(), other.data<float>().ToArray());

        data.Pictures.select(0, data.Pictures.shape[0] - 1).fill_(0); // the last: not among the first that are compared
        using var changed = Of(seed: 2).Cached(Cache, null, CancellationToken.None);
        Assert.NotEqual(other.data<float>().ToArray(), changed.data<float>().ToArray());
    }

    private PictureLatents Of(long seed) => new(config, data, new RandomWeights(seed), workers, torch.CPU);
}
