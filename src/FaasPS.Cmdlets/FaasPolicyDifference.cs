using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>A layer in two policies.</summary>
/// <param name="Policy">The compared policy's name.</param>
/// <param name="Network">The layer's network.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Reference">The reference policy's verdict; none where it does not name the layer.</param>
/// <param name="Verdict">The compared policy's verdict, likewise.</param>
public sealed record FaasPolicyDifference(string Policy, Network Network, string Layer, Verdict? Reference, Verdict? Verdict);
