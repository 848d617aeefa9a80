namespace FaasPS.Engine.Imaging;

/// <summary>What becomes of a picture whose proportions are not the target's.</summary>
public enum ResizeFit
{
    /// <summary>Both axes are scaled on their own and the picture is distorted; what FCDiffusion and FAAS do.</summary>
    Stretch,
    /// <summary>The largest part around the centre with the target's proportions is kept: no distortion, but edges are lost.</summary>
    Crop,
}
