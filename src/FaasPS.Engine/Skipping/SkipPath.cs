namespace FaasPS.Engine.Skipping;

/// <summary>What stands in for a skipped unit. The reference has two readings of a skip, which differ from this project's.</summary>
public enum SkipPath
{
    /// <summary>The unit's shortcut: its residual is left out.</summary>
    Shortcut,

    /// <summary>FAAS, <c>fcdiffusion_highpass.py</c>: as above, but the control branch's middle transformer becomes its blend.</summary>
    FaasHighPass,

    /// <summary>FAAS, <c>fcdiffusion.py</c>: every skipped unit becomes a blend of its input with its norm.</summary>
    FaasLight,
}
