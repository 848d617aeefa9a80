using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Calibration;

/// <summary>One sample through both networks, at all timesteps in one batch of T.</summary>
internal sealed class SamplePasses : IDisposable
{
    private readonly FcDiffusionModel model;
    private readonly Tensor x; // [T, 4, h, w]
    private readonly Tensor timesteps; // [T]
    private readonly Tensor context; // [T, 77, D]
    private readonly Conditioning diffusion;
    private readonly List<ModelPart<FreqControlNet>.Lease> branches = [];
    private readonly Dictionary<ControlBand, (FreqControlNet Branch, Conditioning Conditioning)> controls = [];

    /// <param name="model">The model.</param>
    /// <param name="sample">The sample; the caller's dispose scope frees what is made of it.</param>
    /// <param name="options">How it is scored.</param>
    public SamplePasses(FcDiffusionModel model, ScoringSample sample, ScoringOptions options)
    {
        this.model = model;
        Tensor Repeat(Tensor one) => cat([.. options.Timesteps.Select(_ => one)]).to(model.DType);
        x = sample.At(options.Timesteps, model.Schedule, options.NoisedLatents || options.Kind == ScoreKind.Ablation).to(model.DType);
        timesteps = tensor(options.Timesteps.ToArray(), device: model.Device);
        context = Repeat(sample.Context);
        diffusion = model.UNet.Prepare(timesteps, context);
        try
        {
            foreach (var band in options.Bands)
            {
                var branch = model.ForBand(band).Branch.Use();
                branches.Add(branch);
                controls[band] = (branch.Layers, branch.Layers.Prepare(timesteps, context, Repeat(sample.Hint(band))));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The control branch's (add, mul) pairs, each [T, C, H, W].</summary>
    public ControlPair[] Control(ControlBand band, ITreatments? treatments = null) => controls[band].Branch.Forward(
        x, new StepContext(null, controls[band].Conditioning, treatments ?? new RunEverything()), model.Config.SamplingOf(band).ControlScale);

    /// <summary>What the U-Net predicts, [T, 4, h, w].</summary>
    public Tensor Diffusion(ControlPair[]? pairs, ITreatments? treatments = null) => model.UNet.Forward(
        x, new StepContext(null, diffusion, treatments ?? new RunEverything()), pairs, model.Config.OnlyMidControl);

    public void Dispose()
    {
        diffusion.Dispose();
        foreach (var (_, conditioning) in controls.Values) conditioning.Dispose();
        branches.ForEach(branch => branch.Dispose());
    }
}
