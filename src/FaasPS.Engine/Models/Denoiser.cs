using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Models;

/// <summary>Both networks over one run: predicts the noise, with everything that does not change over the steps computed once.</summary>
internal sealed class Denoiser : IDisposable
{
    private readonly FcDiffusionModel model;
    private readonly ITreatments treatments;
    private readonly SkipPath skipPath;
    private readonly double controlScale;
    private readonly DeepFeature deep = new();
    private readonly Conditioning diffusion;
    private readonly ModelPart<FreqControlNet>.Lease? branch;
    private readonly Conditioning? control;

    /// <param name="model">The model; it is not changed.</param>
    /// <param name="timesteps">Those of the run in the order of its steps, [S].</param>
    /// <param name="context">The prompts' embeddings, [N, 77, D].</param>
    /// <param name="hint">The control signal, [N, 4, H, W]; none: the U-Net alone.</param>
    /// <param name="treatments">Who decides what each unit does.</param>
    /// <param name="skipPath">What a skipped unit gives.</param>
    /// <param name="controlScale">A factor of what the control branch gives the U-Net.</param>
    public Denoiser(
        FcDiffusionModel model, Tensor timesteps, Tensor context, Tensor? hint, ITreatments treatments,
        SkipPath skipPath = SkipPath.Shortcut, double controlScale = 1)
    {
        this.model = model;
        this.treatments = treatments;
        this.skipPath = skipPath;
        this.controlScale = controlScale;
        context = context.to(model.DType);
        diffusion = model.UNet.Prepare(timesteps, context);
        if (hint is null) return;
        try
        {
            branch = model.Branch.Use();
            control = branch.Layers.Prepare(timesteps, context, hint.to(model.DType));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>epsilon at a step.</summary>
    /// <param name="x">Noisy latents, [N, 4, H, W], any floating type.</param>
    /// <param name="step">The step; none: S = N, and each sample has its own timestep.</param>
    /// <returns>[N, 4, H, W] in the model's type.</returns>
    public Tensor Predict(Tensor x, int? step)
    {
        using var scope = NewDisposeScope();
        x = x.to(model.DType);
        var plan = treatments.Begin(step ?? 0, x);
        StepContext In(Conditioning conditioning) => new(step, conditioning, treatments, plan, skipPath);
        var pairs = control is null ? null : branch!.Layers.Forward(x, In(control), controlScale);
        return model.UNet.Forward(x, In(diffusion), pairs, model.Config.OnlyMidControl, deep).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        diffusion.Dispose();
        control?.Dispose();
        branch?.Dispose();
        deep.Dispose();
    }
}
