using FaasPS.Engine.Models;

namespace FaasPS.Engine.Training;

/// <summary>What to train and where it goes.</summary>
public sealed record TrainingOptions
{
    /// <summary>The part to train.</summary>
    public required TrainingStage Stage { get; init; }

    /// <summary>A folder of pictures with captions in .txt files, or a list with a JSON object a line.</summary>
    public required string Data { get; init; }

    /// <summary>The folder of the model that is made; a run's checkpoints, losses and sample sheets lie in its folder training.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>The model to start from, a folder or checkpoint; by default the one in the output directory, else a fresh one.</summary>
    public string? Model { get; init; }

    /// <summary>A YAML file: its section model describes a fresh model, its section training says how to train.</summary>
    public string? Config { get; init; }

    /// <summary>The band of the control branch to train.</summary>
    public ControlBand? Band { get; init; }

    /// <summary>Steps in all, instead of the configuration's.</summary>
    public int? Steps { get; init; }

    /// <summary>Seeds fresh weights, the examples' order and each step's noise.</summary>
    public long Seed { get; init; }

    /// <summary>A tokenizer's file or folder; by default the model's or the configuration's.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>cpu, cuda, cuda:N or auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Whether the result is written in half precision.</summary>
    public bool HalfPrecision { get; init; }

    /// <summary>The file with the trained weights.</summary>
    internal string OutputPath => Path.Combine(
        OutputDirectory, Stage == TrainingStage.Control ? ModelFiles.ControlName(Band!.Value) : ModelFiles.BaseName);

    /// <summary>The name of the run's folder below training.</summary>
    internal string RunName => Stage == TrainingStage.Control ? $"control_{Band!.Value.Name()}" : Stage.ToString().ToLowerInvariant();
}

/// <summary>Where a run is.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">The last step's loss; NaN before the first.</param>
/// <param name="LearningRate">The last step's.</param>
/// <param name="Activity">What is going on.</param>
/// <param name="Remaining">The time left at the pace so far, once that is known.</param>
public readonly record struct TrainingProgress(
    long Step, long Steps, double Loss, double LearningRate, string Activity, TimeSpan? Remaining);

/// <summary>What a run made.</summary>
/// <param name="Stage">What was trained.</param>
/// <param name="Band">The control branch's band.</param>
/// <param name="Model">The model's folder.</param>
/// <param name="Output">The file with the trained weights, the moving averages.</param>
/// <param name="Losses">losses.csv.</param>
/// <param name="Steps">Steps done in all.</param>
/// <param name="Loss">The mean loss over the last rows of losses.csv, a twentieth of the steps.</param>
/// <param name="Parameters">The number of weights trained.</param>
/// <param name="Duration">This sitting's time.</param>
public sealed record TrainingResult(
    TrainingStage Stage, ControlBand? Band, string Model, string Output, string Losses, long Steps, double Loss, long Parameters,
    TimeSpan Duration);
