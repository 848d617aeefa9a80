namespace FaasPS.Engine.Skipping;

/// <summary>The two networks of a sampling step.</summary>
public enum Network
{
    /// <summary>FreqControlNet, <c>control_model</c> in checkpoints and policies.</summary>
    Control,

    /// <summary>The U-Net, <c>diffusion_model</c> in policies.</summary>
    Diffusion,
}

/// <summary>
/// A part of a network that can be skipped: y = shortcut(x) + residual(x, emb, context). ResBlocks and spatial transformers are units.
/// </summary>
/// <param name="Network">The network it belongs to.</param>
/// <param name="Layer">Its name in checkpoints and policies, such as <c>input_blocks.4.1</c>.</param>
/// <param name="Index">Its place among the network's units, in the order they run; from 0.</param>
public sealed record Unit(Network Network, string Layer, int Index)
{
    /// <summary>Its name with the network's, for messages.</summary>
    public override string ToString() => $"{(Network == Network.Control ? "control_model" : "diffusion_model")}.{Layer}";
}
