namespace FaasPS.Cmdlets;

/// <summary>How complex a router finds a prompt.</summary>
public sealed class FaasPromptScore
{
    /// <summary>The prompt.</summary>
    public required string Prompt { get; init; }

    /// <summary>The file it came from; none for text.</summary>
    public string? Source { get; init; }

    /// <summary>What the router gives.</summary>
    public required double Logit { get; init; }

    /// <summary>The logit squashed to 0 to 1: the higher, the more skipping is expected to harm the result.</summary>
    public required double Score { get; init; }

    /// <summary>Scores below it are simple.</summary>
    public required double Threshold { get; init; }

    /// <summary>Simple, where skipping is allowed, or Complex.</summary>
    public required string Route { get; init; }

    /// <summary>Whether the prompt was longer than the model reads, so that its end had no influence.</summary>
    public bool Truncated { get; init; }
}
