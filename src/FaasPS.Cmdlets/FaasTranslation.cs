using FaasPS.Engine;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>What the router made of a prompt.</summary>
public enum TranslationRoute
{
    /// <summary>No router was asked: the mode holds.</summary>
    Full,

    /// <summary>A simple prompt: the mode holds.</summary>
    Simple,

    /// <summary>A complex prompt: everything is computed, whatever the mode.</summary>
    Complex,
}

/// <summary>The samplers.</summary>
public enum SamplerName
{
    /// <summary>DDIM (Song et al. 2021).</summary>
    Ddim,
}

/// <summary>
/// A translated picture on disk, and what is needed to judge it. What repeats it, to the last setting, is in its own texts and in
/// results.jsonl.
/// </summary>
public sealed class FaasTranslation
{
    /// <summary>The source picture.</summary>
    public required string SourcePath { get; init; }

    /// <summary>The translated picture.</summary>
    public required string OutputPath { get; init; }

    /// <summary>The translated picture's file name.</summary>
    public string Name => Path.GetFileName(OutputPath);

    /// <summary>The prompt.</summary>
    public required string Prompt { get; init; }

    /// <summary>The band that steered it.</summary>
    public required string Band { get; init; }

    /// <summary>How much it was allowed to leave out: Full, Static or Adaptive. A word, as the route and the sampler are, for JSON.</summary>
    public required string Mode { get; init; }

    /// <summary>The router's verdict, Simple or Complex; Full where none was asked.</summary>
    public required string Route { get; init; }

    /// <summary>The prompt's complexity, 0 to 1, where a router was asked.</summary>
    public double? Score { get; init; }

    /// <summary>How near it is to the full run, where -Baseline asked for that.</summary>
    public FaasFidelity? Fidelity { get; init; }

    /// <summary>The seed that repeats it.</summary>
    public required long Seed { get; init; }

    /// <summary>The sampling steps.</summary>
    public required int Steps { get; init; }

    /// <summary>The guidance scale.</summary>
    public required double GuidanceScale { get; init; }

    /// <summary>The sampler.</summary>
    public required string Sampler { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The policy by which it was skipped, where one was used.</summary>
    public string? Policy { get; init; }

    /// <summary>The run's own estimate of its PSNR to the full run in dB, where -MinFidelity asked for one; infinite: nothing left out.</summary>
    public double? EstimatedPsnr { get; init; }

    /// <summary>The time it took; of a batch, its share.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// The process's greatest working set while it was computed, in bytes; what else the process did at the time is part of it, what is on a
    /// CUDA device is not. Of a batch, the whole batch's.
    /// </summary>
    public required long PeakMemory { get; init; }

    /// <summary>Cells of the trace in which a unit ran.</summary>
    public int UnitsRun => Trace.Count(row => row.Treatment == Treatment.Run);

    /// <summary>Cells in which a unit was skipped.</summary>
    public int UnitsSkipped => Trace.Count(row => row.Treatment == Treatment.Skip);

    /// <summary>Cells in which an earlier residual was reused.</summary>
    public int UnitsReused => Trace.Count(row => row.Treatment == Treatment.Reuse);

    /// <summary>The share of the full run's multiply-accumulates that was not computed, 0 to 1.</summary>
    public required double MacsSaved { get; init; }

    /// <summary>Multiply-accumulates by network: what was computed, and what the full run computes.</summary>
    public IReadOnlyList<NetworkMacs> NetworkMacs { get; init; } = [];

    /// <summary>What was done with each unit at each step, and why.</summary>
    public required IReadOnlyList<TraceRow> Trace { get; init; }
}
