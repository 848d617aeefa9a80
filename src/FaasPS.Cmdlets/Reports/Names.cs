using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets.Reports;

/// <summary>What reports call things.</summary>
internal static class Names
{
    public static string Of(Network network) => network == Network.Control ? "Control branch" : "U-Net";

    /// <summary>A verdict's class in the style sheet and its meaning.</summary>
    public static (string Class, string Meaning) Of(Verdict verdict) => verdict switch
    {
        Verdict.AlwaysSkip => ("skip", "always skipped"),
        Verdict.DynamicDecision => ("reuse", "decided while it runs"),
        _ => ("run", "always computed"),
    };
}
