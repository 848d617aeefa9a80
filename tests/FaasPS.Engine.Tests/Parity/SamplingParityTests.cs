using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>Sampling and whole translations against the reference.</summary>
public sealed class SamplingParityTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void TimestepsAndAlphasMeetTheReference(int steps)
    {
        using var scope = NewDisposeScope();
        var schedule = new NoiseSchedule();
        var timesteps = Timesteps.Select(schedule, steps);
        Goldens.AssertClose($"ddim.{steps}.timesteps", tensor(timesteps));
        Goldens.AssertClose($"ddim.{steps}.alphas", tensor(timesteps.Select(schedule.AlphaBar).ToArray()));
        Goldens.AssertClose($"ddim.{steps}.alphas_prev", tensor(timesteps.SkipLast(1).Prepend(0).Select(schedule.AlphaBar).ToArray()));
    }

    [Theory]
    [InlineData(5, "model.safetensors")]
    [InlineData(5, "model.ckpt")]
    [InlineData(5, "model_half.ckpt")]
    [InlineData(5, "model_legacy.ckpt")]
    [InlineData(10, "model.safetensors")]
    public void EveryStepOfDdimMeetsTheReference(int steps, string form)
    {
        using var scope = NewDisposeScope();
        Run(form, steps, dynamicThreshold: null, (step, result) =>
        {
            Goldens.AssertClose($"ddim.{steps}.plain.x.{step + 1:00}", result.X);
            Goldens.AssertClose($"ddim.{steps}.plain.pred_x0.{step + 1:00}", result.X0);
            if (steps == 5 && step == 4) Goldens.AssertClose("ddim.5.faas_nothr.x.05", result.X); // FAAS's own sampler, its threshold off
        });
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void EveryStepWithTheDynamicThresholdMeetsTheReference(int steps)
    {
        using var scope = NewDisposeScope();
        Run("model.safetensors", steps, dynamicThreshold: 0.995, (step, result) =>
        {
            Goldens.AssertClose($"ddim.{steps}.dynthr.x.{step + 1:00}", result.X);
            Goldens.AssertClose($"ddim.{steps}.dynthr.pred_x0.{step + 1:00}", result.X0);
        });
    }

    [Fact]
    public void GuidanceMeetsTheReference()
    {
        using var scope = NewDisposeScope();
        var halves = cat([Goldens.Get("ddim.first_eps_uncond"), Goldens.Get("ddim.first_eps_cond")]);
        Goldens.AssertClose("ddim.first_eps_cfg", Guidance.Combine(halves, 9));
    }

    [Theory]
    [InlineData(ControlBand.LowPass)]
    [InlineData(ControlBand.MidPass)]
    [InlineData(ControlBand.HighPass)]
    public void WholeTranslationsMeetTheReference(ControlBand band)
    {
        using var scope = NewDisposeScope();
        var model = TinyModel.Get();
        var name = $"pipeline.{band.Name()}";
        var control = BandFilter.Apply(
            model.Autoencoder.Encode(Goldens.Get("image.minus1_1_chw").narrow(0, 0, 1)) * model.Config.ScaleFactor, band, seed: 0);
        Goldens.AssertClose($"{name}.control", control);

        var ids = Goldens.Get("text.ids").to(int64);
        var (context, empty) = (model.Text.Layers.Forward(ids.narrow(0, 1, 1)), model.Text.Layers.Forward(ids.narrow(0, 0, 1)));
        var latents = TinyModel.Sample(model, 5, Goldens.Get("pipeline.x_T"), context, empty, control);
        Goldens.AssertClose($"{name}.latent", latents);

        var image = model.Autoencoder.Decode(latents / model.Config.ScaleFactor);
        Goldens.AssertClose($"{name}.image", image);
        if (band != ControlBand.LowPass) return;
        var picture = ImageTensor.ToImage(image[0]);
        Goldens.AssertClose($"{name}.image_uint8_faas", tensor(picture.Pixels.ToArray(), [picture.Height, picture.Width, 3]));
    }

    private static void Run(string form, int steps, double? dynamicThreshold, Action<int, SamplerStep> stepped)
    {
        var hint = Goldens.Get("cond.hint");
        TinyModel.Sample(
            TinyModel.Get(form), steps, Goldens.Get("ddim.x_T"), Goldens.Get("ddim.context"), Goldens.Get("ddim.uncond_context"),
            hint, dynamicThreshold, stepped);
    }
}
