namespace FaasPS.Engine.Weights;

/// <summary>
/// How the OpenCLIP text tower is used. The reference's files tell none of its sizes: those not given are taken from the weights.
/// </summary>
public sealed record TextEncoderConfig
{
    /// <summary>"last", or "penultimate": the output of the last transformer block but one.</summary>
    public string Layer { get; init; } = "last";

    /// <summary>Channels of an embedding.</summary>
    public int? Width { get; init; }

    /// <summary>Transformer blocks.</summary>
    public int? Layers { get; init; }

    /// <summary>Attention heads, where the file gives them (the weights do not tell).</summary>
    public int? Heads { get; init; }

    /// <summary>Tokens that it knows.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>Tokens of a prompt, start and end included.</summary>
    public int MaxLength { get; init; } = 77;
}
