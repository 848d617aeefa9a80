using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>Pictures that show what training has reached, the same examples and noise each time.</summary>
internal static class SampleSheet
{
    private const int Shown = 8;
    private const int Steps = 25;
    private const int CellSize = 128;

    /// <summary>Numbers of examples, evenly spread, as a tensor of what they stand for.</summary>
    public static Tensor Choose(int count, int shown, Func<int, int> of) =>
        tensor(Spread(count, shown).Select(i => (long)of((int)i)).ToArray());

    /// <summary>Columns of pictures under one another: each row one kind, each [N, 3, H, W] in [-1, 1].</summary>
    public static RgbImage Compose(params (string Label, Tensor Pictures)[] rows) => ContactSheet.Compose(
        [.. rows.Select(row => Enumerable.Range(0, (int)row.Pictures.shape[0])
            .Select(i => new ContactSheetCell(ImageTensor.ToImage(row.Pictures[i]), row.Label)).ToArray())], CellSize);

    /// <summary>Pictures made of noise by the examples' captions, under the examples.</summary>
    public static RgbImage Generate(ModelConfig config, IWeightSource weights, TrainingData data, NoisyLatents latents) =>
        Draw(config, weights, data, latents, band: null);

    /// <summary>Each example's source translated by the example's caption, between source and example.</summary>
    public static RgbImage Translate(
        ModelConfig config, ControlBand band, IWeightSource weights, TrainingData data, NoisyLatents latents) =>
        Draw(config, weights, data, latents, band);

    private static RgbImage Draw(ModelConfig config, IWeightSource weights, TrainingData data, NoisyLatents latents, ControlBand? band)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var model = new FcDiffusionModel(config, weights, ComputeType.Float32, latents.Device.ToString());
        var samples = Spread(data.Samples.Count, Shown);
        Tensor Pictures(Func<TrainingSample, int> of) => data.Floats(latents.Rows(samples, of).cpu(), latents.Device);

        var sampler = new DdimSampler(model.Schedule, Timesteps.Select(model.Schedule, Steps));
        var timesteps = tensor(Enumerable.Range(0, Steps).Select(sampler.Timestep).ToArray(), device: latents.Device);
        var prompts = samples.Select(latents.PromptOf).ToArray();
        var sampling = band is null ? config.Sampling : config.SamplingOf(band.Value);
        var guided = sampling.GuidanceScale != 1;
        var context = latents.Embed(model.Text.Layers, guided ? [.. prompts.Select(_ => 0L), .. prompts] : prompts);
        var hint = band is { } known
            ? Frequency.BandFilter.Apply(latents.Latents.index_select(0, latents.Rows(samples, sample => sample.Source)), known, seed: 0)
            : null;
        if (guided && hint is not null) hint = cat([hint, hint]);
        using var denoiser = new Denoiser(
            model, timesteps, context, hint, NoisyLatents.Everything, controlScale: sampling.ControlScale);
        using var random = new Generator(0);
        var noise = randn([samples.Length, .. latents.Latents.shape[1..]], generator: random).to(latents.Device);
        var x0 = new SamplingLoop(denoiser, sampler, sampling.GuidanceScale, config.Parameterization == "v").Run(noise);
        var made = model.Autoencoder.Decode(x0 / config.ScaleFactor);
        return band is null
            ? Compose(("example", Pictures(sample => sample.Picture)), ("generated", made))
            : Compose(
                ("source", Pictures(sample => sample.Source)), ("translated", made), ("example", Pictures(sample => sample.Picture)));
    }

    private static long[] Spread(int count, int shown) =>
        [.. Enumerable.Range(0, Math.Min(count, shown)).Select(i => (long)i * count / Math.Min(count, shown))];
}
