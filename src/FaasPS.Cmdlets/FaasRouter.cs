using FaasPS.Engine.Routing;

namespace FaasPS.Cmdlets;

/// <summary>A prompt router: tells prompts whose results survive skipping from those that need everything computed.</summary>
public sealed class FaasRouter
{
    private readonly Lazy<PromptRouter> engine;

    private FaasRouter(string path)
    {
        Path = path;
        engine = new Lazy<PromptRouter>(() => PromptRouter.Load(path), LazyThreadSafetyMode.PublicationOnly);
    }

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

    internal PromptRouter Engine => engine.Value;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The router of a file, which is read at its first use.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    internal static FaasRouter At(string path) =>
        File.Exists(path) ? new(path) : throw new FileNotFoundException($"There is no router at '{path}'.", path);

    /// <summary>The router of a file, read at once.</summary>
    internal static FaasRouter Load(string path)
    {
        var router = At(path);
        _ = router.Engine;
        return router;
    }
}
