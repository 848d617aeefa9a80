using System.Diagnostics;
using System.Globalization;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Training;

/// <summary>Trains one stage of a model from pictures. A run that was killed at any time goes on from its last checkpoint.</summary>
public static class Trainer
{
    private const string CheckpointName = "checkpoint.safetensors";
    private const string LossesName = "losses.csv";

    /// <summary>Trains, or goes on with a run that lies in the output directory.</summary>
    /// <param name="options">What and where.</param>
    /// <param name="progress">Told of each step, on the calling thread.</param>
    /// <param name="cancellation">Checked at each step; a cancelled run first writes a checkpoint.</param>
    /// <exception cref="ArgumentException">The control stage is given no band.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="TrainingDataException">The data cannot be used.</exception>
    /// <exception cref="TrainingDivergedException">A gradient is not finite.</exception>
    /// <exception cref="WeightsException">The run's checkpoint belongs to another model or seed.</exception>
    public static TrainingResult Run(
        TrainingOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (options.Stage == TrainingStage.Control && options.Band is null)
            throw new ArgumentException("The control stage trains one band's branch: name a band.", nameof(options));
        var clock = Stopwatch.StartNew();
        NativeRuntime.Load();
        var settings = options.Config is null
            ? TrainingSettings.For(options.Stage)
            : TrainingSettings.Read(ConfigNode.Parse(File.ReadAllText(options.Config), options.Config), options.Stage);
        settings = settings with { Steps = options.Steps ?? settings.Steps };
        var device = Devices.Find(options.Device, settings.ComputeType);
        var step = 0L;
        void Report(string activity, TimeSpan? remaining = null) =>
            progress?.Report(new TrainingProgress(step, settings.Steps, double.NaN, 0, activity, remaining));

        using var model = StartingModel.Open(options);
        var output = new TrainedModel(options, model);
        output.Check();
        Report("Reading pictures");
        using var data = TrainingData.Load(
            options.Data, model.Config.ImageSize * model.Config.FirstStage.Downsampling, options.Stage != TrainingStage.Autoencoder,
            cancellation);
        using var workers = new WorkerThreads(device.type == DeviceType.CPU ? NativeRuntime.Threads : 1);
        var folder = Path.Combine(options.OutputDirectory, "training", options.RunName);
        Directory.CreateDirectory(Path.Combine(folder, "samples"));
        using var stage = Stage();
        using var loop = new TrainingLoop(stage, model.Weights, settings, data.Samples.Count, options.Seed, workers, device);
        // A kill in the middle of writing leaves these behind.
        var unfinished = Directory.EnumerateFiles(folder, "*.partial")
            .Concat(Directory.EnumerateFiles(options.OutputDirectory, $"{Path.GetFileName(options.OutputPath)}.*.partial"));
        foreach (var file in unfinished.ToArray()) File.Delete(file);
        var checkpoint = Path.Combine(folder, CheckpointName);
        if (File.Exists(checkpoint)) loop.Restore(checkpoint);
        using var log = new LossLog(Path.Combine(folder, LossesName), loop.Step, settings.LogInterval);

        var (begin, pace) = (loop.Step, Stopwatch.StartNew());
        while (loop.Step < settings.Steps)
        {
            if (cancellation.IsCancellationRequested)
            {
                loop.Save(checkpoint);
                cancellation.ThrowIfCancellationRequested();
            }
            var before = pace.Elapsed;
            var result = loop.Advance();
            step = loop.Step;
            log.Add(loop.Step, result, pace.Elapsed - before);
            var remaining = pace.Elapsed / (loop.Step - begin) * (settings.Steps - loop.Step);
            progress?.Report(new TrainingProgress(
                loop.Step, settings.Steps, result.Loss, result.LearningRate, "Training", remaining));
            var last = loop.Step == settings.Steps;
            if (last || loop.Step % settings.CheckpointInterval == 0) loop.Save(checkpoint);
            if (!last && loop.Step % settings.SampleInterval != 0) continue;
            Report("Writing the model and samples");
            var weights = output.With(loop.Averages);
            output.Write(loop.Averages, stage.Measure(weights));
            var name = loop.Step.ToString("d7", CultureInfo.InvariantCulture);
            ImageWriter.Write(stage.Sheet(weights), Path.Combine(folder, "samples", $"{name}.png"), cancellationToken: cancellation);
        }
        // Nothing was left to do, but the file may have been asked for in another precision.
        if (begin == loop.Step) output.Write(loop.Averages, stage.Measure(output.With(loop.Averages)));
        return new TrainingResult(
            options.Stage, options.Stage == TrainingStage.Control ? options.Band : null, options.OutputDirectory, options.OutputPath,
            Path.Combine(folder, LossesName), loop.Step, log.Recent, loop.Weights.Count, clock.Elapsed);

        ITrainingStage Stage()
        {
            if (options.Stage == TrainingStage.Autoencoder) return new AutoencoderStage(model.Config, data, settings, device);
            var tokenizer = ClipTokenizer.Load(model.Tokenizer(options));
            var pictures = new PictureLatents(model.Config, data, model.Weights, workers, device);
            var begun = Stopwatch.StartNew();
            var encoded = pictures.Cached(
                Path.Combine(options.OutputDirectory, "training", "latents.safetensors"),
                share => Report("Encoding pictures", begun.Elapsed * ((1 / share) - 1)), cancellation);
            var latents = new NoisyLatents(model.Config, data.Samples, encoded, settings, tokenizer);
            return options.Stage == TrainingStage.Diffusion
                ? new DiffusionStage(model.Config, data, latents)
                : new ControlStage(model.Config, options.Band!.Value, data, latents, settings, model.Weights);
        }
    }
}
