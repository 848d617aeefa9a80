namespace FaasPS.Cmdlets;

/// <summary>How a policy fits a model. Layers are named with their section, such as diffusion_model.input_blocks.4.1.</summary>
public sealed class FaasPolicyReport
{
    /// <summary>The policy's name.</summary>
    public required string Policy { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Whether the model takes the policy.</summary>
    public required bool IsValid { get; init; }

    /// <summary>Layers that the model does not have.</summary>
    public required IReadOnlyList<string> Unknown { get; init; }

    /// <summary>Layers that the model has and that cannot be skipped: the convolutions between its blocks.</summary>
    public required IReadOnlyList<string> NotSkippable { get; init; }

    /// <summary>Layers that the policy names more than once.</summary>
    public required IReadOnlyList<string> Repeated { get; init; }

    /// <summary>Layers that could be skipped and that the policy does not name: they run.</summary>
    public required IReadOnlyList<string> Unnamed { get; init; }

    /// <summary>The share of a step's multiply-accumulates that is always skipped, 0 to 1.</summary>
    public required double MacsSkippable { get; init; }

    /// <summary>The same if every dynamic decision is to skip.</summary>
    public required double MacsAtBest { get; init; }
}
