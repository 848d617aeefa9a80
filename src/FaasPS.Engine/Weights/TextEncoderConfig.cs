namespace FaasPS.Engine.Weights;

/// <summary>How the OpenCLIP text tower is used; its sizes are those of its weights.</summary>
public sealed record TextEncoderConfig
{
    /// <summary>"last", or "penultimate": the output of the last transformer block but one.</summary>
    public string Layer { get; init; } = "last";

    /// <summary>Attention heads, where the file gives them (the weights do not tell).</summary>
    public int? Heads { get; init; }

    /// <summary>Tokens of a prompt, start and end included.</summary>
    public int MaxLength { get; init; } = 77;
}
