using FaasPS.Engine.Models;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Training;

/// <summary>
/// What the diffusion and control stages share: every picture's latent, every prompt's tokens, the noising of latents and the loss of a
/// prediction.
/// </summary>
internal sealed class NoisyLatents : IDisposable
{
    public static readonly ITreatments Everything = new RunEverything();

    private readonly ModelConfig config;
    private readonly TrainingSettings settings;
    private readonly Tensor signal;
    private readonly Tensor spread;
    private readonly Tensor? lossWeights;
    private readonly Tensor tokens;
    private readonly long[] promptOf;

    /// <param name="config">The model's sizes, its schedule and its latents' scale.</param>
    /// <param name="samples">The examples; every one needs a caption.</param>
    /// <param name="latents">Scaled latents of the distinct pictures, [M, 4, h, w], on the device to train on; disposed of with this.</param>
    /// <param name="settings">The share of prompts that are dropped.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    public NoisyLatents(
        ModelConfig config, IReadOnlyList<TrainingSample> samples, Tensor latents, TrainingSettings settings, ClipTokenizer tokenizer)
    {
        this.config = config;
        this.settings = settings;
        Samples = samples;
        Latents = latents;
        var schedule = new NoiseSchedule(config.LinearStart, config.LinearEnd, config.Timesteps);
        Tensor Over(Func<double, double> f) =>
            tensor(Enumerable.Range(0, schedule.Timesteps).Select(t => (float)f(schedule.AlphaBar(t))).ToArray(), device: Device)
                .DetachFromDisposeScope();
        signal = Over(Math.Sqrt);
        spread = Over(alphaBar => Math.Sqrt(1 - alphaBar));
        if (settings.SnrGamma is { } gamma)
        {
            lossWeights = Over(alphaBar =>
            {
                var snr = alphaBar / (1 - alphaBar);
                return Math.Min(snr, gamma) / (config.Parameterization == "v" ? snr + 1 : snr);
            });
        }
        (tokens, promptOf) = Tokenize(tokenizer);
    }

    public IReadOnlyList<TrainingSample> Samples { get; }

    public Device Device => Latents.device;

    /// <summary>Scaled latents of the distinct pictures, [M, 4, h, w].</summary>
    public Tensor Latents { get; }

    /// <summary>x0, noise, timesteps and prompts of some samples; each prompt is dropped with the settings' probability.</summary>
    public TrainingBatch Draw(long[] samples, Generator random)
    {
        var x0 = Latents.index_select(0, Rows(samples, sample => sample.Picture));
        var noise = randn(x0.shape, generator: random).to(Device);
        var timesteps = randint(config.Timesteps, [samples.Length], generator: random).to(Device);
        var kept = rand(samples.Length, generator: random).ge(settings.PromptDropout).data<bool>().ToArray();
        return new TrainingBatch(x0, noise, timesteps, [.. samples.Select((sample, i) => kept[i] ? promptOf[sample] : 0)]);
    }

    /// <summary>The row of an example's prompt.</summary>
    public long PromptOf(long sample) => promptOf[sample];

    /// <summary>Rows of examples' pictures, int64 [N].</summary>
    public Tensor Rows(long[] samples, Func<TrainingSample, int> row) =>
        tensor(samples.Select(sample => (long)row(Samples[(int)sample])).ToArray(), device: Device);

    /// <summary>The prompts' embeddings, [N, 77, D]; the tower sees each prompt of the batch once.</summary>
    public Tensor Embed(OpenClipTextEncoder text, long[] prompts)
    {
        var distinct = prompts.Distinct().ToArray();
        var embedded = text.Forward(tokens.index_select(0, tensor(distinct, device: Device)));
        return embedded.index_select(0, tensor(prompts.Select(prompt => (long)Array.IndexOf(distinct, prompt)).ToArray(), device: Device));
    }

    /// <summary>x_t = sqrt(alphaBar_t) x0 + sqrt(1 - alphaBar_t) epsilon.</summary>
    public Tensor Noised(TrainingBatch batch) => Mix(signal, batch.Target, spread, batch.Noise, batch.Timesteps, 1);

    /// <summary>
    /// Mean squared error of the prediction, of epsilon or of v = sqrt(alphaBar) epsilon - sqrt(1 - alphaBar) x0, timesteps by their weights.
    /// </summary>
    public Tensor Loss(Tensor prediction, TrainingBatch batch)
    {
        var target = Target(batch);
        return lossWeights is null
            ? F.mse_loss(prediction.to(float32), target)
            : ((prediction.to(float32) - target).square().mean([1, 2, 3]) * lossWeights.index_select(0, batch.Timesteps)).mean();
    }

    /// <summary>
    /// The x0 that a prediction amounts to, [N, 4, h, w]: off by sqrt(1 - alphaBar) times the error of v, or that over sqrt(alphaBar) times
    /// epsilon's.
    /// </summary>
    public Tensor Estimate(Tensor prediction, TrainingBatch batch)
    {
        var error = (Target(batch) - prediction.to(float32)) * At(spread, batch.Timesteps);
        return batch.Target + (config.Parameterization == "v" ? error : error / At(signal, batch.Timesteps));
    }

    /// <summary>The epsilon that makes x_t of an x0, [N, 4, h, w].</summary>
    public Tensor NoiseIn(Tensor x, Tensor x0, Tensor timesteps) => (x - (At(signal, timesteps) * x0)) / At(spread, timesteps);

    /// <summary>sqrt(alphaBar) of each sample's timestep, [N].</summary>
    public Tensor Signal(Tensor timesteps) => signal.index_select(0, timesteps);

    public void Dispose()
    {
        foreach (var tensor in new[] { signal, spread, lossWeights, tokens, Latents }) tensor?.Dispose();
    }

    private Tensor Target(TrainingBatch batch) =>
        config.Parameterization == "v" ? Mix(signal, batch.Noise, spread, batch.Target, batch.Timesteps, -1) : batch.Noise;

    private static Tensor Mix(Tensor a, Tensor x, Tensor b, Tensor y, Tensor timesteps, double sign) =>
        (At(a, timesteps) * x).addcmul(At(b, timesteps), y, sign);

    private static Tensor At(Tensor values, Tensor timesteps) => values.index_select(0, timesteps).view(-1, 1, 1, 1); // [N, 1, 1, 1]

    /// <summary>The distinct prompts' tokens, int64 [P, 77], the empty prompt first, and each sample's row among them.</summary>
    private (Tensor Tokens, long[] PromptOf) Tokenize(ClipTokenizer tokenizer)
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal) { [""] = 0 };
        var samples = Samples.Select(sample =>
        {
            var prompt = sample.Prompt!;
            if (!rows.TryGetValue(prompt, out var row)) rows.Add(prompt, row = rows.Count);
            return row;
        }).ToArray();
        var ids = rows.OrderBy(pair => pair.Value).SelectMany(pair => tokenizer.Tokenize(pair.Key).Ids).Select(id => (long)id).ToArray();
        return (tensor(ids, [rows.Count, ids.Length / rows.Count]).to(Device).DetachFromDisposeScope(), samples);
    }
}
