namespace FaasPS.Engine.Routing;

/// <summary>How complex a router finds a prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Logit">What the router gives.</param>
/// <param name="Truncated">Whether the prompt was longer than the model reads: its end had no influence.</param>
public sealed record PromptScore(string Prompt, double Logit, bool Truncated)
{
    /// <summary>sigmoid(logit), 0 to 1: the higher, the more skipping is expected to harm the result.</summary>
    public double Value => 1 / (1 + Math.Exp(-Logit));

    /// <summary>Whether skipping is allowed: the score is below the threshold.</summary>
    public bool IsSimple(double threshold) => Value < threshold;
}
