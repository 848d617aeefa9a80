using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;

namespace FaasPS.Engine;

/// <summary>The parts of a run.</summary>
public enum TranslationStage
{
    /// <summary>Text tower and image encoder.</summary>
    Encoding,

    /// <summary>The sampling steps.</summary>
    Sampling,

    /// <summary>The image decoder.</summary>
    Decoding,
}

/// <summary>Where a run is.</summary>
/// <param name="Stage">Its part.</param>
/// <param name="Step">The sampling steps that are done.</param>
/// <param name="Steps">The sampling steps in all.</param>
public readonly record struct TranslationProgress(TranslationStage Stage, int Step, int Steps);

/// <summary>A network's multiply-accumulates in a run.</summary>
/// <param name="Network">The network.</param>
/// <param name="Macs">Those of the sampling steps, one picture's share.</param>
/// <param name="FullMacs">The same with every unit run at every step.</param>
public sealed record NetworkMacs(Network Network, long Macs, long FullMacs);

/// <summary>A translated picture and what it took.</summary>
/// <param name="Image">The picture.</param>
/// <param name="Input">What was asked for.</param>
/// <param name="PromptTruncated">Whether the prompt was longer than the model reads.</param>
/// <param name="Trace">The table steps x units as it was executed; of a batch, it is shared.</param>
/// <param name="Macs">Multiply-accumulates of the sampling steps, this picture's share.</param>
/// <param name="FullMacs">The same with every unit run at every step.</param>
/// <param name="Duration">The run's time; of a batch, this picture's share.</param>
public sealed record TranslationResult(
    RgbImage Image,
    TranslationInput Input,
    bool PromptTruncated,
    IReadOnlyList<TraceRow> Trace,
    long Macs,
    long FullMacs,
    TimeSpan Duration)
{
    /// <summary>
    /// The process's greatest working set while the run went, in bytes: what else it did at the time is part of it, and what is on a CUDA device
    /// is not. Of a batch, the whole batch's.
    /// </summary>
    public long PeakMemory { get; init; }

    /// <summary>The estimate of its PSNR to the full run in dB, where a floor was asked for; infinite when nothing was left out.</summary>
    public double? EstimatedPsnr { get; init; }

    /// <summary>The multiply-accumulates by network.</summary>
    public IReadOnlyList<NetworkMacs> NetworkMacs { get; init; } = [];
}
