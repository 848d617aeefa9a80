using FaasPS.Engine.Imaging;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine;

/// <summary>How much a run may leave out.</summary>
public enum TranslationMode
{
    /// <summary>Every unit runs, but for what DeepCache leaves out.</summary>
    Full,

    /// <summary>What the policy always skips is skipped.</summary>
    Static,

    /// <summary>Probes decide on the policy's dynamic units as well, while the run goes.</summary>
    Adaptive,
}

/// <summary>What decides on a policy's dynamic units.</summary>
public enum AdaptiveProbe
{
    /// <summary>How fast a unit's own residual changes: its last one is reused while it has hardly changed.</summary>
    Drift,

    /// <summary>The reference's own, which in practice never skips; for parity.</summary>
    LatentNorm,
}

/// <summary>How images are translated; where nothing is said, as the reference does.</summary>
public sealed record TranslationOptions
{
    /// <summary>The band of the source that steers the translation.</summary>
    public ControlBand Band { get; init; } = ControlBand.LowPass;

    /// <summary>The number of sampling steps, 1 to 1000.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>How far the prompt pulls: 1 is no guidance.</summary>
    public double GuidanceScale { get; init; } = 9;

    /// <summary>DDIM's eta, 0 to 1: 0 is deterministic.</summary>
    public double Eta { get; init; }

    /// <summary>How strongly the band steers, 0 to 10, as a factor of what the control branch gives.</summary>
    public double ControlScale { get; init; } = 1;

    /// <summary>The quantile of |x0| beyond which it is squashed, such as 0.995; none: off.</summary>
    public double? DynamicThreshold { get; init; }

    /// <summary>How the steps are spread.</summary>
    public TimestepSpacing Spacing { get; init; }

    /// <summary>The result's width, a multiple of the model's downsampling; by default the model's own.</summary>
    public int? Width { get; init; }

    /// <summary>The result's height, likewise.</summary>
    public int? Height { get; init; }

    /// <summary>What happens to a source of another aspect ratio.</summary>
    public ResizeFit Fit { get; init; } = ResizeFit.Stretch;

    /// <summary>How much is left out.</summary>
    public TranslationMode Mode { get; init; }

    /// <summary>What may be skipped; Static needs it, Adaptive without one decides on every unit.</summary>
    public SkipPolicy? Policy { get; init; }

    /// <summary>What decides on dynamic units in Adaptive mode.</summary>
    public AdaptiveProbe Probe { get; init; }

    /// <summary>Adaptive mode's tolerance, 0 or more; by default the policy's.</summary>
    public double? Tolerance { get; init; }

    /// <summary>What a skipped unit gives.</summary>
    public SkipPath SkipPath { get; init; }

    /// <summary>DeepCache, on top of the mode; none: off.</summary>
    public DeepCacheOptions? DeepCache { get; init; }

    /// <summary>
    /// The PSNR to the full run, in dB, that what is left out must not cost, by an estimate of the run's own; none: no floor.
    /// </summary>
    public double? MinFidelity { get; init; }

    /// <summary>
    /// The side of the square tiles in which pictures are decoded, in pixels; none: whole. It bounds the decoder's memory, and pictures come out
    /// a little different: the decoder's norms and its attention see a tile for the picture.
    /// </summary>
    public int? TileSize { get; init; }

    /// <summary>
    /// Whether what the run does not need at the moment leaves memory, and is read from the model's file again when it does: the text tower and
    /// the autoencoder while it samples, the other bands' branches. The picture is the same, bit by bit.
    /// </summary>
    public bool LowMemory { get; init; }

    /// <summary>As a model is best sampled from with a band, nothing left out.</summary>
    /// <param name="model">The model's configuration.</param>
    /// <param name="band">The band that steers.</param>
    public static TranslationOptions For(ModelConfig model, ControlBand band)
    {
        var own = model.SamplingOf(band);
        return new() { Band = band, GuidanceScale = own.GuidanceScale, Eta = own.Eta, ControlScale = own.ControlScale };
    }

    /// <summary>The same with nothing left out.</summary>
    public TranslationOptions InFull() => this with
    {
        Mode = TranslationMode.Full, Policy = null, DeepCache = null, MinFidelity = null,
    };

    /// <summary>Checks the ranges.</summary>
    /// <param name="sizeMultiple">What image sides must be multiples of.</param>
    /// <param name="inputBlocks">The U-Net's.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it and the range.</exception>
    internal void Validate(int sizeMultiple, int inputBlocks)
    {
        Require(Steps is >= 1 and <= 1000, nameof(Steps), Steps, "from 1 to 1000");
        Require(double.IsFinite(GuidanceScale) && GuidanceScale >= 0, nameof(GuidanceScale), GuidanceScale, "a number from 0 up");
        Require(Eta is >= 0 and <= 1, nameof(Eta), Eta, "from 0 to 1");
        Require(ControlScale is >= 0 and <= 10, nameof(ControlScale), ControlScale, "from 0 to 10");
        Require(DynamicThreshold is null or (> 0 and <= 1), nameof(DynamicThreshold), DynamicThreshold, "above 0, at most 1");
        foreach (var (name, side) in new[] { (nameof(Width), Width), (nameof(Height), Height), (nameof(TileSize), TileSize) })
            Require(side is null || (side > 0 && side % sizeMultiple == 0), name, side, $"a multiple of {sizeMultiple}");
        Require(Mode != TranslationMode.Static || Policy is not null, nameof(Policy), "none", $"given in the mode {Mode}");
        Require(Tolerance is null or (>= 0 and <= 1), nameof(Tolerance), Tolerance, "from 0 to 1");
        Require(MinFidelity is null or (> 0 and <= 100), nameof(MinFidelity), MinFidelity, "a PSNR above 0, at most 100 dB");
        DeepCache?.Validate(inputBlocks);
    }

    internal static void Require(bool holds, string name, object? value, string range)
    {
        if (!holds) throw new ArgumentException($"{name} is {FormattableString.Invariant($"{value}")}; it must be {range}.", name);
    }
}

/// <summary>One picture to make.</summary>
/// <param name="Image">The source.</param>
/// <param name="Prompt">What it should become; may be empty.</param>
/// <param name="Seed">Seeds the noise and mini_pass's permutation.</param>
public sealed record TranslationInput(RgbImage Image, string Prompt, long Seed);
