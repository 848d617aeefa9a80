using FaasPS.Engine.Models;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Models;

public sealed class ModelPartTests
{
    [Fact]
    public void APartLeavesWhenItsLastUserIsDoneAndComesBack()
    {
        using var model = Load();
        var part = model.Autoencoder;
        using (part.Use())
        {
            using (part.Use())
            {
                part.Leave();
                Assert.True(part.IsResident);
            }
            Assert.True(part.IsResident);
        }
        Assert.False(part.IsResident);

        using var scope = NewDisposeScope();
        Goldens.AssertClose("vae.decode_out", part.Decode(Goldens.Get("vae.decode_in") / model.Config.ScaleFactor));
        Assert.True(part.IsResident); // who asked it to leave did so once
    }

    [Fact]
    public void WhatIsReadDuringARunIsNoInferenceTensor()
    {
        using var model = Load();
        model.Autoencoder.Leave();
        using (inference_mode()) model.Autoencoder.Use().Dispose();
        using var scope = NewDisposeScope();
        var latents = Goldens.Get("vae.decode_in").clone().requires_grad_();
        model.Autoencoder.Decode(latents).sum().backward(); // throws on tensors for inference alone
        Assert.True(latents.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void APartThatCameFromNoFileStays()
    {
        using var checkpoint = CheckpointFile.Open(TinyModel.Files().Checkpoint);
        using var model = new FcDiffusionModel(TinyModel.Config(), checkpoint, device: "cpu");
        model.Text.Leave();
        Assert.True(model.Text.IsResident);
    }

    [Fact]
    public void AFreedModelDoesNotComeBack()
    {
        var model = Load();
        model.Text.Leave();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Text.Use());
    }

    [Fact]
    public void SeveralThreadsUseAPartThatKeepsLeaving()
    {
        using var model = Load();
        using var scope = NewDisposeScope();
        var expected = model.Text.Layers.VocabularySize;
        var ids = zeros([1, 77], ScalarType.Int64);
        var first = model.Text.With(text => text.Forward(ids));
        Parallel.For(0, 40, _ =>
        {
            using var inner = NewDisposeScope();
            Assert.True(model.Text.With(text => text.Forward(ids)).equal(first).all().item<bool>());
            model.Text.Leave();
        });
        Assert.Equal(expected, model.Text.Layers.VocabularySize);
        Assert.False(model.Text.IsResident);
    }

    private static FcDiffusionModel Load() => FcDiffusionModel.Load(TinyModel.Files(), device: "cpu");
}
