using FaasPS.Engine.Frequency;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Calibration;

/// <summary>
/// FAAS's scores. Control branch, of each block's pair: w(t) (mean(add²) + 0.1 mean(mul²)) with w = 1 below t = 400, else 0.5. U-Net, of
/// each unit's output h: mean((DCT(h) mask)²), the DCT without normalisation.
/// </summary>
internal sealed class EnergyMeter(FcDiffusionModel model, ScoringOptions options, Measurements measurements)
{
    private const double MulWeight = 0.1;
    private const int EarlyTimesteps = 400;
    private const float LateWeight = 0.5f;

    private readonly bool scoresControl = options.Network != Network.Diffusion;
    private readonly bool scoresDiffusion = options.Network != Network.Control;

    /// <summary>Networks' passes a sample.</summary>
    public int Passes => options.Bands.Count;

    /// <summary>Measures one sample.</summary>
    public void Measure(SamplePasses passes, Action passed)
    {
        // What the control branch changes comes after the middle block: up to there, one pass serves all bands.
        if (scoresDiffusion && !options.OutputBlocks) passes.Diffusion(null, new OutputEnergy(model, options, options.Bands, measurements));
        foreach (var band in options.Bands)
        {
            using var scope = NewDisposeScope();
            var diffuses = scoresDiffusion && options.OutputBlocks;
            var pairs = scoresControl || diffuses ? passes.Control(band) : null;
            if (scoresControl) MeasurePairs(pairs!, band);
            if (diffuses) passes.Diffusion(pairs, new OutputEnergy(model, options, [band], measurements));
            passed();
        }
    }

    private void MeasurePairs(ControlPair[] pairs, ControlBand band)
    {
        var weights = tensor(options.Timesteps.Select(t => t < EarlyTimesteps ? 1 : LateWeight).ToArray(), device: model.Device); // [T]
        for (var k = 0; k < pairs.Length; k++)
        {
            var energy = weights * (MeanSquare(pairs[k].Add) + (MulWeight * MeanSquare(pairs[k].Mul))); // [T]
            var block = k < pairs.Length - 1 ? $"input_blocks.{k}" : "middle_block";
            measurements.Add(Network.Control, block, band, energy.cpu().data<float>().ToArray());
        }
    }

    private static Tensor MeanSquare(Tensor x) => x.to(float32).square().mean([1, 2, 3]); // [T, C, H, W] -> [T]

    /// <summary>Measures each unit's output as the U-Net goes; what it does not score, it does not run either.</summary>
    private sealed class OutputEnergy(
        FcDiffusionModel model, ScoringOptions options, IReadOnlyList<ControlBand> bands, Measurements measurements) : ITreatments
    {
        public Decision Decide(Unit unit, int step) => new(
            options.OutputBlocks || !unit.Layer.StartsWith("output_blocks", StringComparison.Ordinal) ? Treatment.Run : Treatment.Skip,
            "scored");

        public void Observe(Unit unit, int step, Tensor input, Tensor residual)
        {
            using var scope = NewDisposeScope();
            var output = model.UNet.Units[unit.Index].Shortcut(input) + residual; // [T, C, H, W]
            var spectrum = Dct.Forward(output.to(float32), orthonormal: false);
            foreach (var band in bands)
            {
                var mask = RadialMask.For(band, output.shape[2], output.shape[3], options.Mask).to(output.device); // [H, W]
                measurements.Add(Network.Diffusion, unit.Layer, band, MeanSquare(spectrum * mask).cpu().data<float>().ToArray());
            }
        }

        public Tensor Recall(Unit unit) => throw new InvalidOperationException("Scoring reuses nothing.");
    }
}
