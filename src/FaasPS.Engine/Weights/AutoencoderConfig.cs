namespace FaasPS.Engine.Weights;

/// <summary>Sizes of the first stage (ldm's AutoencoderKL; those of Stable Diffusion where not given).</summary>
public sealed record AutoencoderConfig
{
    /// <summary>Channels of the latents, after quant_conv.</summary>
    public int EmbedDim { get; init; } = 4;

    /// <summary>Channels of the encoder's mean and of its log variance.</summary>
    public int ZChannels { get; init; } = 4;

    /// <summary>Image size that <see cref="AttnResolutions"/> counts from.</summary>
    public int Resolution { get; init; } = 256;

    public int InChannels { get; init; } = 3;

    public int OutChannels { get; init; } = 3;

    /// <summary>Channels of the first level.</summary>
    public int Channels { get; init; } = 128;

    /// <summary>Channels of each level as a multiple of <see cref="Channels"/>.</summary>
    public int[] ChannelMult { get; init; } = [1, 2, 4, 4];

    public int NumResBlocks { get; init; } = 2;

    /// <summary>Sizes of feature maps at which there is attention besides the middle.</summary>
    public int[] AttnResolutions { get; init; } = [];

    /// <summary>The encoder gives mean and log variance; always true here.</summary>
    public bool DoubleZ { get; init; } = true;

    /// <summary>Whether a level, 0 the finest, has attention after each ResBlock.</summary>
    public bool HasAttention(int level) => AttnResolutions.Contains(Resolution >> level);

    /// <summary>Pixels per latent, along each side.</summary>
    public int Downsampling => 1 << (ChannelMult.Length - 1);
}
