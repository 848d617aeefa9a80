using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Training;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>Down to zero along half a cosine over all steps.</summary>
    Cosine,

    /// <summary>It stays.</summary>
    Constant,
}

/// <summary>
/// How a stage is trained: the section <c>training.autoencoder</c>, <c>training.diffusion</c> or <c>training.control</c> of the
/// configuration. What it leaves out has the stage's default, which is for a model of a few million weights.
/// </summary>
public sealed record TrainingSettings
{
    /// <summary>Steps in all.</summary>
    public int Steps { get; init; }

    /// <summary>Examples a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Parts that a batch is computed in, one after another, where it does not fit into memory at once.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>The learning rate after the warm-up.</summary>
    public double LearningRate { get; init; }

    /// <summary>Steps over which the learning rate rises from zero.</summary>
    public int WarmUp { get; init; } = 500;

    public LearningRateSchedule Schedule { get; init; }

    /// <summary>AdamW's weight decay.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The norm that a longer gradient is shortened to.</summary>
    public double GradientClip { get; init; } = 1;

    /// <summary>Decay of the weights' moving average, which is what is kept in the end.</summary>
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>The share of prompts replaced by the empty one, which guidance needs.</summary>
    public double PromptDropout { get; init; } = 0.1;

    /// <summary>
    /// gamma of Min-SNR weighting (Hang et al. 2023, equation 5): timesteps whose signal-to-noise ratio is above it count for less. In small
    /// latents most of the error is of the last, nearly noiseless timesteps, where nothing is left to decide. None: all count alike.
    /// </summary>
    public double? SnrGamma { get; init; }

    /// <summary>Weight of the autoencoder's Kullback-Leibler term.</summary>
    public double KlWeight { get; init; } = 1e-6;

    /// <summary>Weight of the error of the autoencoder's differences between neighbouring pixels.</summary>
    public double GradientWeight { get; init; } = 1;

    /// <summary>
    /// The share of a batch that the model itself is drawing, in the control stage, instead of noised pictures (scheduled sampling, Bengio et
    /// al. 2015): from those it learns to go by the hint, and brings a run nearer to what the average of all fitting pictures is. 0, as
    /// FCDiffusion trains: none.
    /// </summary>
    public double ScheduledSampling { get; init; }

    /// <summary>
    /// Weight of the error of a translation's contours, 1 - r, r the correlation of the edge maps of the picture asked for and of what the
    /// branch's prediction amounts to, in the control stage (ControlNet++, Li et al. 2024). 0: the prediction's own error alone, as
    /// FCDiffusion trains.
    /// </summary>
    public double ContourWeight { get; init; }

    /// <summary>
    /// What the networks compute in; weights, their steps and averages are float32 in each. bfloat16 takes about three quarters of the
    /// time on a processor with instructions for it.
    /// </summary>
    public ComputeType ComputeType { get; init; } = ComputeType.Float32;

    /// <summary>Steps between two rows of losses.csv.</summary>
    public int LogInterval { get; init; } = 20;

    /// <summary>Steps between two checkpoints.</summary>
    public int CheckpointInterval { get; init; } = 500;

    /// <summary>Steps between two sample sheets.</summary>
    public int SampleInterval { get; init; } = 2000;

    /// <summary>A stage's defaults.</summary>
    public static TrainingSettings For(TrainingStage stage) => stage switch
    {
        TrainingStage.Autoencoder => new() { Steps = 20_000, BatchSize = 16, LearningRate = 4e-4 },
        TrainingStage.Diffusion => new() { Steps = 50_000, LearningRate = 4e-4, EmaDecay = 0.9995 },
        _ => new() { Steps = 10_000, LearningRate = 2e-4 },
    };

    /// <summary>Reads a stage's section of a configuration file.</summary>
    /// <exception cref="ConfigException">A value is out of its range, or a key is unknown; the message names it.</exception>
    internal static TrainingSettings Read(ConfigNode root, TrainingStage stage)
    {
        var settings = For(stage);
        if (root.OptionalMap("training") is not { } training) return settings;
        training.MustOnlyHave("autoencoder", "diffusion", "control");
        if (training.OptionalMap(stage.ToString().ToLowerInvariant()) is not { } node) return settings;
        node.MustOnlyHave(
            "steps", "batch_size", "accumulate", "learning_rate", "warm_up", "schedule", "weight_decay", "gradient_clip", "ema_decay",
            "compute_type", "prompt_dropout", "snr_gamma", "contour_weight", "scheduled_sampling", "kl_weight", "gradient_weight", "log_interval",
            "checkpoint_interval", "sample_interval");
        const int most = 1_000_000_000;
        return settings with
        {
            Steps = node.Int("steps", settings.Steps, most),
            BatchSize = node.Int("batch_size", settings.BatchSize),
            Accumulate = node.Int("accumulate", settings.Accumulate),
            LearningRate = node.Positive("learning_rate", settings.LearningRate, 1),
            WarmUp = node.Int("warm_up", settings.WarmUp, most),
            Schedule = node.Choice("schedule", null, "cosine", "constant") switch
            {
                "cosine" => LearningRateSchedule.Cosine,
                "constant" => LearningRateSchedule.Constant,
                _ => settings.Schedule,
            },
            WeightDecay = node.Number("weight_decay", settings.WeightDecay, 1),
            GradientClip = node.Positive("gradient_clip", settings.GradientClip),
            EmaDecay = node.Number("ema_decay", settings.EmaDecay, 0.999999),
            ComputeType = node.Choice("compute_type", null, "float32", "bfloat16") switch
            {
                "float32" => ComputeType.Float32,
                "bfloat16" => ComputeType.BFloat16,
                _ => settings.ComputeType,
            },
            PromptDropout = node.Number("prompt_dropout", settings.PromptDropout, 1),
            SnrGamma = node.OptionalPositive("snr_gamma") ?? settings.SnrGamma,
            ScheduledSampling = node.Number("scheduled_sampling", settings.ScheduledSampling, 1),
            ContourWeight = node.Number("contour_weight", settings.ContourWeight, 1000),
            KlWeight = node.Number("kl_weight", settings.KlWeight, 1),
            GradientWeight = node.Number("gradient_weight", settings.GradientWeight, 1000),
            LogInterval = node.Int("log_interval", settings.LogInterval, most),
            CheckpointInterval = node.Int("checkpoint_interval", settings.CheckpointInterval, most),
            SampleInterval = node.Int("sample_interval", settings.SampleInterval, most),
        };
    }

    /// <summary>The learning rate of a step, 0..Steps-1.</summary>
    internal double LearningRateAt(long step)
    {
        if (step < WarmUp) return LearningRate * (step + 1) / WarmUp;
        if (Schedule == LearningRateSchedule.Constant || Steps <= WarmUp) return LearningRate;
        return LearningRate * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, (double)(step - WarmUp) / (Steps - WarmUp))));
    }
}
