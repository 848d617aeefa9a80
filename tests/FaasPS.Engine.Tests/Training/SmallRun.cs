using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Tests.Training;

/// <summary>The training of tests/fixtures/training in memory, from random weights in all layers, so that no gradient is zero.</summary>
internal sealed class SmallRun : IDisposable
{
    public static readonly string Config = Fixtures.Path("training", "model_config.yaml");
    public static readonly string List = Fixtures.Path("training", "list.jsonl");
    public static readonly string Tokenizer = Fixtures.Path("tiny");

    private readonly WorkerThreads workers;
    private readonly TrainingData data;

    /// <param name="name">autoencoder, diffusion, or the band of a control branch.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="type">What to compute in.</param>
    /// <param name="seed">Of order and noise, and of the weights unless they have one of their own.</param>
    /// <param name="weightSeed">Of the weights.</param>
    /// <param name="change">Other settings than the configuration's.</param>
    public SmallRun(
        string name, int workers = 1, ComputeType type = ComputeType.Float32, long seed = 3, long? weightSeed = null,
        Func<TrainingSettings, TrainingSettings>? change = null)
    {
        NativeRuntime.Load();
        var stage = ControlBands.TryParse(name, out var band) ? TrainingStage.Control : Enum.Parse<TrainingStage>(name, ignoreCase: true);
        var config = ModelConfig.Load(Config);
        Settings = TrainingSettings.Read(ConfigNode.Parse(File.ReadAllText(Config), Config), stage) with { ComputeType = type };
        if (change is not null) Settings = change(Settings);
        this.workers = new WorkerThreads(workers);
        data = TrainingData.Load(List, 16);
        var weights = new RandomWeights(weightSeed ?? seed);
        var latents = stage == TrainingStage.Autoencoder ? null : new NoisyLatents(
            config, data.Samples, new PictureLatents(config, data, weights, this.workers, torch.CPU).Encode(null, CancellationToken.None),
            Settings, ClipTokenizer.Load(Tokenizer));
        Stage = stage switch
        {
            TrainingStage.Autoencoder => new AutoencoderStage(config, data, Settings, torch.CPU),
            TrainingStage.Diffusion => new DiffusionStage(config, data, latents!),
            _ => new ControlStage(config, band, data, latents!, Settings, weights),
        };
        Loop = new TrainingLoop(Stage, weights, Settings, data.Samples.Count, seed, this.workers, torch.CPU);
    }

    public TrainingSettings Settings { get; }

    public ITrainingStage Stage { get; }

    public TrainingLoop Loop { get; }

    /// <summary>The averages' values, key by key.</summary>
    public float[] Averages()
    {
        using var scope = torch.NewDisposeScope();
        return [.. Loop.Weights.Keys.SelectMany(key =>
        {
            var shape = Loop.Weights.ShapeOf(key);
            using var tensor = Loop.Averages.Load(key, shape, torch.ScalarType.Float32, torch.CPU);
            return tensor.data<float>().ToArray();
        })];
    }

    /// <summary>The weights' values, key by key.</summary>
    public float[] Values()
    {
        using var scope = torch.NewDisposeScope();
        return [.. Loop.Weights.Keys.SelectMany(key => Loop.Weights.View(Loop.Weights.Values, key).data<float>().ToArray())];
    }

    public void Dispose()
    {
        Loop.Dispose();
        Stage.Dispose();
        data.Dispose();
        workers.Dispose();
    }
}
