namespace FaasPS.Engine.Weights;

/// <summary>How a model is best sampled from; where nothing is said, as the reference does.</summary>
public sealed record SamplingDefaults
{
    /// <summary>How far prompts pull: guidance_scale.</summary>
    public double GuidanceScale { get; init; } = 9;

    /// <summary>DDIM's eta.</summary>
    public double Eta { get; init; }

    /// <summary>How strongly the hint steers: control_scale.</summary>
    public double ControlScale { get; init; } = 1;
}
