namespace FaasPS.Engine.Weights;

/// <summary>
/// How the OpenCLIP text tower is used. The reference's files tell none of its sizes: those not given are taken from the weights.
/// </summary>
public sealed record TextEncoderConfig
{
    /// <summary>Tokens of a prompt, start and end included: CLIP's.</summary>
    public const int ContextLength = 77;

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

}
