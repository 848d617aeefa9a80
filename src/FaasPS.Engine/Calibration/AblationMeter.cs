using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Calibration;

/// <summary>The direct measure of a unit: |prediction without it - prediction| / |prediction|, everything else run.</summary>
internal sealed class AblationMeter(FcDiffusionModel model, ScoringOptions options, Measurements measurements)
{
    private readonly Unit[] units = [.. model.Units.Where(options.Includes)];

    /// <summary>Networks' passes a sample.</summary>
    public int Passes => options.Bands.Count * units.Length;

    /// <summary>Measures one sample.</summary>
    public void Measure(SamplePasses passes, Action passed)
    {
        foreach (var band in options.Bands)
        {
            using var scope = NewDisposeScope();
            var pairs = passes.Control(band);
            var whole = passes.Diffusion(pairs).to(float32); // [T, 4, h, w]
            var norm = Norm(whole); // [T]
            foreach (var unit in units)
            {
                using var unitScope = NewDisposeScope();
                var without = new Without(unit);
                var prediction = unit.Network == Network.Control
                    ? passes.Diffusion(passes.Control(band, without))
                    : passes.Diffusion(pairs, without);
                var change = Norm(prediction.to(float32) - whole) / norm;
                measurements.Add(unit.Network, unit.Layer, band, change.cpu().data<float>().ToArray());
                passed();
            }
        }
    }

    private static Tensor Norm(Tensor x) => x.square().sum([1, 2, 3]).sqrt(); // [T, C, H, W] -> [T]

    /// <summary>Runs everything but one unit.</summary>
    private sealed class Without(Unit left) : ITreatments
    {
        public Decision Decide(Unit unit, int step) => new(unit == left ? Treatment.Skip : Treatment.Run, "scored");

        public void Observe(Unit unit, int step, Tensor input, Tensor residual)
        {
        }

        public Tensor Recall(Unit unit) => throw new InvalidOperationException("Scoring reuses nothing.");
    }
}
