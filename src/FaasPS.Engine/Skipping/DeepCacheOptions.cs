namespace FaasPS.Engine.Skipping;

/// <summary>How the steps that run whole are spread.</summary>
public enum DeepCacheSpacing
{
    /// <summary>Every interval-th step.</summary>
    Uniform,

    /// <summary>Densely around a centre and sparsely away from it; as many as in the uniform case.</summary>
    Quadratic,
}

/// <summary>
/// DeepCache (Ma et al. 2024): between steps that run whole, only the shallow part runs, on the deep part of the last whole step. The
/// control branch stops where the U-Net's encoder does.
/// </summary>
public sealed record DeepCacheOptions
{
    /// <summary>N: one step in N runs whole; 1 is no caching.</summary>
    public int Interval { get; init; } = 3;

    /// <summary>The timestep from which on steps are cached, 0..999: those above it all run whole. None: from the first step on.</summary>
    public int? Start { get; init; }

    /// <summary>b: input blocks 0..b and the output blocks joined to them run at every step; 0 is the fastest.</summary>
    public int Branch { get; init; }

    /// <summary>How the whole steps are spread.</summary>
    public DeepCacheSpacing Spacing { get; init; }

    /// <summary>The step around which the quadratic spacing is dense, counted from the first cached one; by default at a quarter.</summary>
    public int? Center { get; init; }

    /// <summary>How dense the quadratic spacing is at its centre, above 1, at most 2.</summary>
    public double Power { get; init; } = 1.4;

    internal void Validate(int inputBlocks)
    {
        TranslationOptions.Require(Interval >= 1, "DeepCache's interval", Interval, "1 or more steps");
        TranslationOptions.Require(Start is null or (>= 0 and <= 999), "DeepCache's start", Start, "a timestep from 0 to 999");
        TranslationOptions.Require(
            Branch >= 0 && Branch < inputBlocks, "DeepCache's branch", Branch, $"from 0 to {inputBlocks - 1} in this model");
        TranslationOptions.Require(Center is null or >= 0, "DeepCache's center", Center, "a step, 0 or more");
        TranslationOptions.Require(Power is > 1 and <= 2, "DeepCache's power", Power, "above 1, at most 2");
    }
}
