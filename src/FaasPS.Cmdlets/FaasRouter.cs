using FaasPS.Engine.Routing;

namespace FaasPS.Cmdlets;

/// <summary>A prompt router: tells prompts whose results survive skipping from those that need everything computed.</summary>
public sealed class FaasRouter
{
    private FaasRouter(string path, PromptRouter engine) => (Path, Engine) = (path, engine);

    /// <summary>Its file's name.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>The channels of the prompt embeddings it reads; its model's text tower must give as many.</summary>
    public long Width => Engine.Width;

    /// <summary>Prompts that score below are simple, unless -Threshold says otherwise.</summary>
    public double Threshold => Engine.Threshold;

    /// <summary>The labelled prompts it was trained on, held-out ones included, where its file tells.</summary>
    public int? Prompts => Engine.Training?.Prompts;

    /// <summary>Its mean squared error over the prompts it learnt from.</summary>
    public double? TrainError => Engine.Training?.TrainError;

    /// <summary>Its mean squared error over the prompts held out.</summary>
    public double? HoldOutError => Engine.Training?.HoldOutError;

    internal PromptRouter Engine { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static FaasRouter Load(string path) => new(path, PromptRouter.Load(path));
}
