using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>What a fresh model is made from.</summary>
/// <param name="Config">The YAML file that describes it.</param>
/// <param name="Folder">Where it goes.</param>
public sealed record FreshModelOptions(string Config, string Folder)
{
    /// <summary>The same seed gives the same weights.</summary>
    public long Seed { get; init; }

    /// <summary>The bands that get a control branch; by default the configuration's.</summary>
    public IReadOnlyList<ControlBand>? Bands { get; init; }

    /// <summary>A tokenizer's file or folder to put beside it; by default the one beside the configuration, if there is one.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Whether weights are written in half precision.</summary>
    public bool HalfPrecision { get; init; }
}

/// <summary>Makes models with fresh weights, which training starts from.</summary>
public static class ModelMaker
{
    /// <summary>Writes a folder with a configuration, a base, and a control branch for each band that changes nothing yet.</summary>
    /// <exception cref="ConfigException">The configuration is wrong.</exception>
    /// <exception cref="ModelException">The folder holds a model already.</exception>
    /// <exception cref="TokenizerException">The tokenizer asked for is not there.</exception>
    public static IReadOnlyList<ModelFile> Create(FreshModelOptions options)
    {
        var config = ModelShapes.Sized(ModelConfig.Load(options.Config));
        var configPath = ModelFiles.ConfigIn(options.Folder, options.Config);
        var basePath = Path.Combine(options.Folder, ModelFiles.BaseName);
        if (File.Exists(basePath)) throw new ModelException($"'{options.Folder}' holds a model already. Name another folder.");
        var vocabulary = options.Tokenizer is { } asked
            ? VocabularyLocator.Locate(asked, modelFolder: null)
            : VocabularyLocator.Find(Path.GetDirectoryName(Path.GetFullPath(options.Config))!);

        NativeRuntime.Load();
        Directory.CreateDirectory(options.Folder);
        var type = options.HalfPrecision ? ScalarType.Float16 : ScalarType.Float32;
        var shared = new FreshWeights(options.Seed, ModelShapes.BasePrefixes);
        var branch = new ControlStart(shared, options.Seed);
        List<string> files = [];
        foreach (var band in options.Bands ?? [ControlBands.TryParse(config.ControlMode, out var own) ? own : ControlBand.LowPass])
        {
            files.Add(Path.Combine(options.Folder, ModelFiles.ControlName(band)));
            ModelWriter.Write(files[^1], ModelShapes.Control(config), branch, type);
        }
        ModelWriter.Write(configPath, config);
        if (vocabulary is not null) ModelWriter.CopyTokenizer(vocabulary, options.Folder);
        ModelWriter.Write(basePath, ModelShapes.Base(config), shared, type); // last: with it, the folder is a model
        return [.. files.Prepend(basePath).Select(ModelFile.Of)];
    }
}
