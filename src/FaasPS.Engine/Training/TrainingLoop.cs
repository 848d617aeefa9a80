using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>What a step came to.</summary>
/// <param name="Loss">The batch's mean loss, before the step.</param>
/// <param name="GradientNorm">The gradient's norm, before it was shortened.</param>
/// <param name="LearningRate">The step's.</param>
internal readonly record struct StepResult(double Loss, double GradientNorm, double LearningRate);

/// <summary>
/// One stage's training: each step shares a batch out among the workers, adds up their gradients, shortens the sum to the clip norm, and
/// updates the weights and their moving average. The same seed and number of workers give the same bits, resumed or not.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly ITrainingStage stage;
    private readonly TrainingSettings settings;
    private readonly SampleOrder order;
    private readonly WorkerThreads workers;
    private readonly ParameterBuffer weights;
    private readonly Replica[] replicas;
    private readonly Func<TrainingBatch, Tensor>[] losses;
    private readonly AdamW optimizer;
    private readonly Tensor averages;
    private readonly long seed;

    /// <param name="stage">What is trained.</param>
    /// <param name="initial">Where its weights begin.</param>
    /// <param name="settings">How.</param>
    /// <param name="examples">The number of examples.</param>
    /// <param name="seed">Seeds the examples' order and each step's noise.</param>
    /// <param name="workers">Share each batch; they stay the caller's.</param>
    /// <param name="device">Where to train.</param>
    public TrainingLoop(
        ITrainingStage stage, IWeightSource initial, TrainingSettings settings, int examples, long seed, WorkerThreads workers,
        Device device)
    {
        (this.stage, this.settings, this.workers, this.seed) = (stage, settings, workers, seed);
        order = new SampleOrder(examples, seed);
        var type = settings.ComputeType.ToScalarType();
        weights = new ParameterBuffer(initial, device, scope => stage.Bind(scope), type);
        replicas = [.. Enumerable.Range(0, workers.Count).Select(_ => new Replica(weights))];
        losses = [.. replicas.Select(replica => stage.Bind(new WeightScope(replica, type, device)))];
        optimizer = new AdamW(weights.Values, new AdamWOptions(WeightDecay: settings.WeightDecay));
        averages = weights.Values.clone().DetachFromDisposeScope();
    }

    /// <summary>The steps done so far.</summary>
    public long Step => optimizer.Steps;

    /// <summary>The weights' current values, flat.</summary>
    public ParameterBuffer Weights => weights;

    /// <summary>The moving average of what is trained, as a source of weights.</summary>
    public IWeightSource Averages => new FlatWeights(weights, averages);

    private (string Name, Tensor Tensor)[] State =>
    [
        ("values", weights.Values), ("averages", averages),
        ("first_moment", optimizer.FirstMoment), ("second_moment", optimizer.SecondMoment),
    ];

    /// <summary>Takes one step.</summary>
    public StepResult Advance()
    {
        using var scope = NewDisposeScope();
        using var random = order.Random(Step);
        TrainingBatch batch;
        using (no_grad()) batch = stage.Draw(order.Batch(Step, settings.BatchSize), random);
        var shares = new double[workers.Count];
        workers.Run(worker => shares[worker] = Differentiate(worker, batch));

        // Each worker adds up and updates a part of its own of all weights.
        var squares = new double[workers.Count];
        workers.Run(worker => squares[worker] = SumGradients(worker));
        var norm = Math.Sqrt(squares.Sum());
        if (!double.IsFinite(norm))
            throw new TrainingDivergedException(string.Create(
                CultureInfo.InvariantCulture, $"The gradient at step {Step + 1} is not finite: lower learning_rate, or raise warm_up."));
        var rate = settings.LearningRateAt(Step);
        optimizer.Steps++;
        workers.Run(worker => Update(worker, norm, rate));
        using (no_grad()) stage.Finish(batch, random);
        return new StepResult(shares.Sum(), norm, rate);
    }

    /// <summary>Writes everything that a resumed run needs. The file appears whole or not at all.</summary>
    public void Save(string path) => Safetensors.Write(
        path,
        [.. State, .. stage.State],
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["layout"] = Layout(),
        });

    /// <summary>Goes on from what <see cref="Save"/> wrote.</summary>
    /// <exception cref="WeightsException">It belongs to another model or seed, or is damaged.</exception>
    public void Restore(string path)
    {
        using var file = CheckpointFile.Open(path);
        Require("layout", Layout(), "another configuration");
        Require("seed", seed.ToString(CultureInfo.InvariantCulture), $"seed {file.Metadata.GetValueOrDefault("seed")}");
        using var frozen = no_grad();
        foreach (var (name, target) in State)
        {
            using var saved = file.Load(name, [weights.Length], float32, weights.Device);
            target.copy_(saved);
        }
        foreach (var (name, target) in stage.State)
        {
            using var saved = file.Load(name, target.shape, target.dtype, target.device);
            target.copy_(saved);
        }
        weights.Round(0, weights.Length);
        optimizer.Steps = long.Parse(file.Metadata["step"], CultureInfo.InvariantCulture);

        void Require(string key, string expected, string whose)
        {
            if (file.Metadata.GetValueOrDefault(key) != expected)
                throw new WeightsException(
                    $"'{path}' is a training run with {whose}; name another output directory, or delete that folder to start anew");
        }
    }

    public void Dispose()
    {
        foreach (var replica in replicas) replica.Dispose();
        optimizer.Dispose();
        averages.Dispose();
        weights.Dispose();
    }

    /// <summary>A worker's gradient of the batch's loss, and its share of the loss.</summary>
    private double Differentiate(int worker, TrainingBatch batch)
    {
        replicas[worker].Clear();
        var parts = workers.Count * settings.Accumulate;
        var sum = 0.0;
        for (var part = worker; part < parts; part += workers.Count)
        {
            var (first, end) = (batch.Count * part / parts, batch.Count * (part + 1) / parts);
            if (first == end) continue;
            using var scope = NewDisposeScope();
            var loss = losses[worker](batch.Part(first, end - first)) * ((double)(end - first) / batch.Count);
            loss.backward();
            sum += loss.item<float>();
        }
        return sum;
    }

    /// <summary>The sum of the workers' gradients over a worker's part of the weights, and the sum's squared norm.</summary>
    private double SumGradients(int worker)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (first, count) = PartOf(worker);
        var sum = replicas[0].Gradient.narrow(0, first, count);
        foreach (var replica in replicas)
        {
            if (replica != replicas[0]) sum.add_(replica.Gradient.narrow(0, first, count));
            if (replica.NarrowGradient is { } narrow) sum.add_(narrow.narrow(0, first, count));
        }
        var norm = (double)sum.norm().item<float>();
        return norm * norm;
    }

    private void Update(int worker, double norm, double rate)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (first, count) = PartOf(worker);
        // As torch.nn.utils.clip_grad_norm_.
        if (norm > settings.GradientClip) replicas[0].Gradient.narrow(0, first, count).mul_(settings.GradientClip / (norm + 1e-6));
        optimizer.Update(replicas[0].Gradient, rate, first, count);
        weights.Round(first, count);
        // A young average follows quickly: it must not carry the random start along.
        var decay = Math.Min(settings.EmaDecay, (1.0 + Step) / (10 + Step));
        averages.narrow(0, first, count).mul_(decay).add_(weights.Values.narrow(0, first, count), 1 - decay);
    }

    private (long First, long Count) PartOf(int worker)
    {
        var (first, end) = (weights.Length * worker / workers.Count, weights.Length * (worker + 1) / workers.Count);
        return (first, end - first);
    }

    private string Layout() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', weights.Keys.Select(key => $"{key} {TensorInfo.ShapeText(weights.ShapeOf(key))}")))));

    private sealed class FlatWeights(ParameterBuffer buffer, Tensor flat) : IWeightSource
    {
        public IEnumerable<string> Keys => buffer.Keys;

        public bool Contains(string key) => buffer.Contains(key);

        public long[] ShapeOf(string key) => buffer.ShapeOf(key);

        public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
        {
            using var scope = NewDisposeScope();
            return buffer.View(flat, key).to(dtype).to(device).DetachFromDisposeScope();
        }
    }
}

/// <summary>Training has diverged. The message tells the step and what to change.</summary>
public sealed class TrainingDivergedException(string message) : Exception(message);
