using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace FaasPS.Engine.Routing;

/// <summary>
/// Tells simple prompts, whose results survive skipping, from complex ones: a perceptron D-256-128-1 on the mean of a prompt's token
/// embeddings (FAAS, PromptComplexityRouter). Immutable; computes in float32 on the CPU whatever the model does.
/// </summary>
public sealed class PromptRouter : IDisposable
{
    /// <summary>The threshold of routers that advise none (FAAS).</summary>
    public const double DefaultThreshold = 0.5;

    private const string FirstKey = "network.0.weight";

    /// <summary>The linear layers: their places in the reference's nn.Sequential and their outputs.</summary>
    private static readonly (int Place, int Outputs)[] Layers = [(0, 256), (3, 128), (5, 1)];

    private static readonly string[] Keys =
        [.. Layers.SelectMany(layer => new[] { $"network.{layer.Place}.weight", $"network.{layer.Place}.bias" })];

    private readonly Tensor[] parameters; // weight, bias, weight, bias, weight, bias

    internal PromptRouter(IEnumerable<Tensor> parameters, RouterTraining? training = null)
    {
        this.parameters = [.. parameters];
        Training = training;
    }

    /// <summary>The channels of the embeddings it reads: those of its model's text tower.</summary>
    public long Width => parameters[0].shape[1];

    /// <summary>How it was trained, where its file tells.</summary>
    public RouterTraining? Training { get; }

    /// <summary>Scores below it are simple.</summary>
    public double Threshold => Training?.Threshold ?? DefaultThreshold;

    /// <summary>Loads a router: the reference's prompt_router.ckpt, or safetensors; its keys may have a prefix.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="WeightsException">It holds no router.</exception>
    public static PromptRouter Load(string path)
    {
        NativeRuntime.Load();
        using var checkpoint = CheckpointFile.Open(path);
        var first = checkpoint.Keys.FirstOrDefault(key => key == FirstKey || key.EndsWith($".{FirstKey}", StringComparison.Ordinal))
            ?? throw new WeightsException($"'{path}' holds no prompt router: it has no key '{FirstKey}'.");
        var weights = new WeightScope(checkpoint, float32, CPU);
        foreach (var part in first.Split('.')[..^3]) weights = weights[part];
        return new PromptRouter(Parameters(weights), RouterTraining.FromMetadata(checkpoint.Metadata));
    }

    /// <summary>Writes the router as safetensors, with the reference's keys; the file appears whole or not at all.</summary>
    public void Save(string path) => Safetensors.Write(path, Keys.Zip(parameters), Training?.ToMetadata());

    /// <summary>Scores prompts; they are computed together.</summary>
    /// <param name="prompts">Any texts, empty ones too.</param>
    /// <param name="encoder">Of the model that the router was trained for.</param>
    /// <exception cref="RouterException">The encoder's width is another.</exception>
    public IReadOnlyList<PromptScore> Score(IReadOnlyList<string> prompts, PromptEncoder encoder)
    {
        CheckWidth(encoder);
        if (prompts.Count == 0) return [];
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var tokens = prompts.Select(encoder.Tokenize).ToArray();
        var logits = Logits(encoder.Means(tokens)).data<float>().ToArray();
        return [.. prompts.Select((prompt, i) => new PromptScore(prompt, logits[i], tokens[i].Truncated))];
    }

    /// <summary>Checks that the router belongs to the encoder's model.</summary>
    /// <exception cref="RouterException">The widths differ; the message names both.</exception>
    public void CheckWidth(PromptEncoder encoder)
    {
        if (Width == encoder.Width) return;
        throw new RouterException(
            $"The router reads embeddings of {Width} channels and the model's text tower gives {encoder.Width}: "
            + "it was trained for another model. Name one that fits, or train one with New-FaasRouter.");
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(parameters, tensor => tensor.Dispose());

    /// <summary>Logits of mean embeddings, [N, D] -> [N].</summary>
    internal Tensor Logits(Tensor means) => Forward(parameters, means, hidden => hidden);

    /// <summary>The layers' weights and biases; the first layer may have any width.</summary>
    internal static IReadOnlyList<Tensor> Parameters(WeightScope weights)
    {
        var loaded = new List<Tensor>();
        try
        {
            var inputs = -1L;
            foreach (var (layer, outputs) in Layers)
            {
                loaded.Add(weights.Tensor($"network.{layer}.weight", outputs, inputs));
                loaded.Add(weights.Tensor($"network.{layer}.bias", outputs));
                inputs = outputs;
            }
            return loaded;
        }
        catch
        {
            loaded.ForEach(tensor => tensor.Dispose());
            throw;
        }
    }

    /// <summary>The perceptron; dropout stands after the first layer's ReLU.</summary>
    internal static Tensor Forward(IReadOnlyList<Tensor> parameters, Tensor means, Func<Tensor, Tensor> dropout)
    {
        using var scope = NewDisposeScope();
        var hidden = dropout(F.relu(F.linear(means, parameters[0], parameters[1]))); // [N, 256]
        hidden = F.relu(F.linear(hidden, parameters[2], parameters[3])); // [N, 128]
        return F.linear(hidden, parameters[4], parameters[5]).squeeze(-1).MoveToOuterDisposeScope();
    }
}
