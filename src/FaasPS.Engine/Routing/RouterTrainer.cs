using FaasPS.Engine.Text;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Routing;

/// <summary>How a router is trained; the defaults are FAAS's, but for the prompts held out.</summary>
public sealed record RouterTrainingOptions
{
    /// <summary>Passes over the prompts.</summary>
    public int Epochs { get; init; } = 60;

    /// <summary>Prompts to a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>AdamW's step size.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>The share of the first layer's outputs dropped while training.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>The share of prompts that is only tested on, 0 up to 1.</summary>
    public double HoldOut { get; init; } = 0.2;

    /// <summary>Seeds the first weights, the prompts held out, their order and the dropout.</summary>
    public long Seed { get; init; }
}

/// <summary>
/// Trains routers: the logit is fitted to the score by its squared error, with AdamW (FAAS). So the logits come to lie in 0 to 1 and the scores,
/// their sigmoids, in 0.5 to 0.73: the threshold that suits such a router is the median of its scores, and travels with it.
/// </summary>
public static class RouterTrainer
{
    private const int EncodedTogether = 16;

    /// <summary>Trains a router for a model. Same labels, options and model give the same router.</summary>
    /// <param name="labels">One labelled prompt or more; with one, none is held out.</param>
    /// <param name="encoder">Of the model.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share done, 0 to 1, on the calling thread.</param>
    /// <param name="cancellation">Checked at every batch.</param>
    /// <exception cref="RouterDataException">There are no labels.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static PromptRouter Train(
        IReadOnlyList<LabelledPrompt> labels, PromptEncoder encoder, RouterTrainingOptions options,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (labels.Count == 0) throw new RouterDataException("There are no labelled prompts to train a router on.");
        using var scope = NewDisposeScope();
        var means = new List<Tensor>();
        using (no_grad())
        {
            foreach (var batch in labels.Chunk(EncodedTogether))
            {
                cancellation.ThrowIfCancellationRequested();
                means.Add(encoder.Means([.. batch.Select(label => encoder.Tokenize(label.Prompt))]));
            }
        }
        var scores = tensor(labels.Select(label => (float)label.Complexity).ToArray());
        using var generator = new Generator((ulong)options.Seed, CPU);
        return Train(cat(means), scores, new FirstWeights(encoder.Width, generator), generator, options, progress, cancellation);
    }

    /// <summary>Trains on mean embeddings [N, D] and their scores [N], from given weights.</summary>
    internal static PromptRouter Train(
        Tensor means, Tensor scores, IWeightSource initial, Generator generator, RouterTrainingOptions options,
        IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        using var buffer = new ParameterBuffer(initial, CPU, weights => PromptRouter.Parameters(weights));
        using var replica = new Replica(buffer);
        using var optimizer = new AdamW(buffer.Values, new AdamWOptions());
        var parameters = PromptRouter.Parameters(new WeightScope(replica, float32, CPU));
        Tensor Drop(Tensor x) => options.Dropout == 0
            ? x
            : x * (rand(x.shape, generator: generator) >= options.Dropout) / (1 - options.Dropout);
        Tensor Shuffled(long count) => rand(count, generator: generator).argsort();

        var count = means.shape[0];
        var heldOut = count == 1 ? 0 : Math.Min((long)Math.Ceiling(options.HoldOut * count), count - 1);
        var order = Shuffled(count);
        var (test, train) = (order.narrow(0, 0, heldOut), order.narrow(0, heldOut, count - heldOut));
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            using var pass = NewDisposeScope();
            foreach (var batch in train.index_select(0, Shuffled(train.shape[0])).split(options.BatchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                F.mse_loss(PromptRouter.Forward(parameters, means.index_select(0, batch), Drop), scores.index_select(0, batch)).backward();
                optimizer.Update(replica.Gradient, options.LearningRate);
                replica.Gradient.zero_();
            }
            progress?.Report((epoch + 1.0) / options.Epochs);
        }

        using var frozen = no_grad();
        var logits = PromptRouter.Forward(parameters, means, hidden => hidden);
        double? Error(Tensor of) => of.shape[0] == 0
            ? null
            : F.mse_loss(logits.index_select(0, of), scores.index_select(0, of)).item<float>();
        var threshold = new ThresholdAnalysis(logits.data<float>().Select(logit => new PromptScore("", logit, false).Value)).AdvisedThreshold;
        return new PromptRouter(
            parameters.Select(parameter => parameter.detach().clone().DetachFromDisposeScope()),
            new RouterTraining((int)count, Error(train)!.Value, Error(test), threshold));
    }

    /// <summary>PyTorch's own for linear layers: uniform within 1/sqrt(inputs), weights and biases.</summary>
    private sealed class FirstWeights(long width, Generator generator) : IWeightSource
    {
        private double bound;

        public IEnumerable<string> Keys => [];

        public bool Contains(string key) => true;

        public long[] ShapeOf(string key) => throw new WeightsException($"'{key}' is not there yet");

        public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
        {
            long[] whole = [.. shape];
            if (whole.Length == 2) // a bias follows its weight
            {
                if (whole[1] == -1) whole[1] = width;
                bound = 1 / Math.Sqrt(whole[1]);
            }
            return empty(whole, dtype).uniform_(-bound, bound, generator).DetachFromDisposeScope();
        }
    }
}
