namespace FaasPS.Engine.Weights;

/// <summary>Sizes of a U-Net, or of the control branch that copies its encoder (ldm's UNetModel; sizes of Stable Diffusion 2.1
/// where not given).</summary>
public sealed record UNetConfig
{
    public int InChannels { get; init; } = 4;

    /// <summary>Unused in the control branch.</summary>
    public int OutChannels { get; init; } = 4;

    /// <summary>Channels of the first level.</summary>
    public required int ModelChannels { get; init; }

    /// <summary>Downsampling factors at which there are spatial transformers.</summary>
    public int[] AttentionResolutions { get; init; } = [4, 2, 1];

    /// <summary>ResBlocks of each level, one number a level.</summary>
    public int[] NumResBlocks { get; init; } = [2, 2, 2, 2];

    /// <summary>Channels of each level as a multiple of <see cref="ModelChannels"/>.</summary>
    public int[] ChannelMult { get; init; } = [1, 2, 4, 4];

    /// <summary>Channels of an attention head; given, it decides the number of heads.</summary>
    public int? NumHeadChannels { get; init; }

    /// <summary>Attention heads at every level, where <see cref="NumHeadChannels"/> is not given.</summary>
    public int? NumHeads { get; init; }

    /// <summary>Transformer blocks in a spatial transformer.</summary>
    public int TransformerDepth { get; init; } = 1;

    /// <summary>Width of the text embedding.</summary>
    public required int ContextDim { get; init; }

    /// <summary>Whether proj_in and proj_out are linear layers rather than 1x1 convolutions.</summary>
    public bool UseLinearInTransformer { get; init; } = true;

    /// <summary>Channels of the hint, where the file gives them; else those of the latents.</summary>
    public int? HintChannels { get; init; }

    /// <summary>Attention heads at a level of so many channels.</summary>
    public int HeadsAt(int channels) => NumHeadChannels is { } size ? channels / size : NumHeads!.Value;
}
