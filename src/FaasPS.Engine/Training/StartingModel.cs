using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Training;

/// <summary>The model that training starts from: files, or fresh weights for whatever they lack.</summary>
internal sealed class StartingModel : IDisposable
{
    private readonly List<IDisposable> open = [];

    private StartingModel(ModelConfig config, string? folder) => (Config, Folder) = (config, folder);

    /// <summary>Its sizes, the text tower's among them.</summary>
    public ModelConfig Config { get; private set; }

    /// <summary>Its folder; none: all of it is fresh.</summary>
    public string? Folder { get; }

    /// <summary>Its weights; a network that no file has is fresh as a whole, a control branch a copy of the U-Net's encoder.</summary>
    public IWeightSource Weights { get; private set; } = null!;

    /// <exception cref="ModelException">There is neither a model nor a description of one.</exception>
    /// <exception cref="ConfigException">The configuration is wrong.</exception>
    public static StartingModel Open(TrainingOptions options)
    {
        var written = Path.Combine(options.OutputDirectory, ModelFiles.BaseName);
        if ((options.Model ?? (File.Exists(written) ? options.OutputDirectory : null)) is { } path) return OpenFiles(options, path);
        if (options.Config is null)
            throw new ModelException(
                $"There is nothing to train: '{options.OutputDirectory}' holds no {ModelFiles.BaseName}. Name a model to start from, or a "
                + "configuration that describes a fresh one.");
        var model = new StartingModel(ModelShapes.Sized(ModelConfig.Load(options.Config)), folder: null);
        model.Weights = model.WithFresh(new FreshWeights(options.Seed, ModelShapes.BasePrefixes), options.Seed);
        return model;
    }

    /// <summary>The vocabulary file: the one asked for, the model's, or the one beside the configuration.</summary>
    /// <exception cref="TokenizerException">There is none.</exception>
    public string Tokenizer(TrainingOptions options) => FindTokenizer(options) ?? VocabularyLocator.Locate(options.Tokenizer, Folder);

    /// <summary>Like <see cref="Tokenizer"/>; null where there is none.</summary>
    public string? FindTokenizer(TrainingOptions options)
    {
        if (options.Tokenizer is { } asked) return File.Exists(asked) ? asked : VocabularyLocator.Find(asked);
        var beside = options.Config is { } config ? Path.GetDirectoryName(Path.GetFullPath(config)) : null;
        return (Folder is null ? null : VocabularyLocator.Find(Folder)) ?? (beside is null ? null : VocabularyLocator.Find(beside));
    }

    public void Dispose() => open.ForEach(file => file.Dispose());

    private static StartingModel OpenFiles(TrainingOptions options, string path)
    {
        var files = ModelFiles.Find(path);
        var config = ModelConfig.Load(files.Config);
        var model = new StartingModel(config, files.Folder);
        try
        {
            var checkpoint = model.Read(files.Checkpoint, options);
            if (config.Text.Layers is null) model.Config = config with { Text = config.Text with { Layers = CountBlocks(checkpoint) } };
            var known = options.Band is { } band && files.Controls.TryGetValue(band, out var branch)
                ? new LayeredWeights(model.Read(branch, options), checkpoint)
                : checkpoint;
            model.Weights = model.WithFresh(known, options.Seed);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private IWeightSource Read(string path, TrainingOptions options)
    {
        var file = CheckpointFile.Open(path);
        if (Path.GetFullPath(path) != Path.GetFullPath(options.OutputPath))
        {
            open.Add(file);
            return file;
        }
        using (file)
        {
            var copy = new MemoryWeights(file);
            open.Add(copy);
            return copy;
        }
    }

    /// <summary>
    /// Only whole networks are filled in: a single missing key means that configuration and checkpoint do not belong together.
    /// </summary>
    private IWeightSource WithFresh(IWeightSource known, long seed)
    {
        var absent = Folder is null ? [] : ModelShapes.BasePrefixes
            .Where(prefix => !known.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal))).ToArray();
        var all = absent.Length == 0 ? known : new LayeredWeights(known, new FreshWeights(seed, absent));
        return known.Keys.Any(key => key.StartsWith(ModelShapes.ControlPrefix, StringComparison.Ordinal))
            ? all
            : new LayeredWeights(all, new ControlStart(all, seed));
    }

    private static int CountBlocks(IWeightSource checkpoint)
    {
        const string blocks = "cond_stage_model.model.transformer.resblocks";
        var count = 0;
        while (checkpoint.Contains(FormattableString.Invariant($"{blocks}.{count}.ln_1.weight"))) count++;
        return count;
    }
}
