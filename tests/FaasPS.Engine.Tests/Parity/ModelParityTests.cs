using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>Each network against the reference, through each form of the checkpoint.</summary>
public sealed class ModelParityTests
{
    public static TheoryData<string> Forms => [.. TinyModel.Forms];

    [Theory]
    [MemberData(nameof(Forms))]
    public void TextTowerMeetsTheReference(string form)
    {
        using var scope = NewDisposeScope();
        Goldens.AssertClose("text.penultimate", TinyModel.Get(form).Text.Layers.Forward(Goldens.Get("text.ids").to(int64)));
    }

    [Fact]
    public void TextTowerGivesItsLastLayerWhenAsked()
    {
        using var scope = NewDisposeScope();
        var weights = TinyModel.Weights(scope);
        var tower = new OpenClipTextEncoder(weights["cond_stage_model.model"], TinyModel.Config().Text with { Layer = "last" });
        Goldens.AssertClose("text.last", tower.Forward(Goldens.Get("text.ids").to(int64)));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void AutoencoderMeetsTheReference(string form)
    {
        using var scope = NewDisposeScope();
        var model = TinyModel.Get(form);
        var images = Goldens.Get("image.minus1_1_chw");
        var mode = model.Autoencoder.Encode(images);
        var moments = model.Autoencoder.Moments(images);
        Goldens.AssertClose("vae.moments", moments);
        // What the reference samples, had it this noise: the moments are those of its posterior.
        var (mean, logVariance) = (moments.narrow(1, 0, 4), moments.narrow(1, 4, 4).clamp(-30, 20));
        var sampled = mean + ((0.5 * logVariance).exp() * Goldens.Get("vae.sample_noise"));
        Goldens.AssertClose("vae.z_sampled", sampled * model.Config.ScaleFactor);
        Goldens.AssertClose("vae.mode", mode);
        Goldens.AssertClose("vae.z_mode", mode * model.Config.ScaleFactor);
        Goldens.AssertClose("vae.decode_out", model.Autoencoder.Decode(Goldens.Get("vae.decode_in") / model.Config.ScaleFactor));
        Goldens.AssertClose("vae.reconstruction", model.Autoencoder.Decode(mode.narrow(0, 0, 1)));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void ControlBranchMeetsTheReference(string form)
    {
        using var scope = NewDisposeScope();
        var model = TinyModel.Get(form);
        using var conditioning = model.Control.Prepare(Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"));
        var pairs = model.Control.Forward(Goldens.Get("cond.x_noisy"), new StepContext(null, conditioning, new RunEverything()));
        Assert.Equal(9, pairs.Length);
        for (var i = 0; i < pairs.Length; i++)
        {
            Goldens.AssertClose($"control.{i:00}.add", pairs[i].Add);
            Goldens.AssertClose($"control.{i:00}.mul", pairs[i].Mul);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void UNetMeetsTheReference(string form)
    {
        using var scope = NewDisposeScope();
        var model = TinyModel.Get(form);
        var (x, t, context, hint) =
            (Goldens.Get("cond.x_noisy"), Goldens.Get("layer.t"), Goldens.Get("cond.context"), Goldens.Get("cond.hint"));
        Goldens.AssertClose("apply_model.eps", TinyModel.ApplyModel(model, x, t, context, hint));
        Goldens.AssertClose("unet.with_control", TinyModel.ApplyModel(model, x, t, context, hint));
        Goldens.AssertClose("unet.no_control", TinyModel.ApplyModel(model, x, t, context, null));
        Goldens.AssertClose("apply_model.eps_no_concat", TinyModel.ApplyModel(model, x, t, context, null));
    }

    [Fact]
    public void ControlOfTheMiddleAloneMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var model = TinyModel.Get();
        var (x, t, context) = (Goldens.Get("cond.x_noisy"), Goldens.Get("layer.t"), Goldens.Get("cond.context"));
        using var control = model.Control.Prepare(t, context, Goldens.Get("cond.hint"));
        using var diffusion = model.UNet.Prepare(t, context);
        var pairs = model.Control.Forward(x, new StepContext(null, control, new RunEverything()));
        Goldens.AssertClose("unet.only_mid_control",
            model.UNet.Forward(x, new StepContext(null, diffusion, new RunEverything()), pairs, onlyMidControl: true));
    }

    [Fact]
    public void HintOfAnEncodedImageMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var z0 = Goldens.Get("vae.z_mode");
        Goldens.AssertClose("cond.hint", BandFilter.Apply(z0.narrow(0, 0, 2), ControlBand.LowPass, seed: 0));
    }

    [Fact]
    public void PicturesBecomeTheModelsInput()
    {
        using var scope = NewDisposeScope();
        var images = Enumerable.Range(0, 3)
            .Select(i => ImageTensor.FromImage(ImageReader.Read(Fixtures.Path("tiny", $"image{i}.png")))).ToArray();
        Goldens.AssertClose("image.minus1_1_chw", cat(images));
    }
}
