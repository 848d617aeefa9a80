using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Models;

/// <summary>A model cannot be found or put together from the files given. The message says what was looked for.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The files a model is made of: one checkpoint that holds everything, or <see cref="BaseName"/>, which all bands share, and a control branch
/// for each band.
/// </summary>
/// <param name="Checkpoint">The weights: .safetensors or .ckpt.</param>
/// <param name="Config">Its model_config.yaml.</param>
/// <param name="Folder">The folder the model lies in, where its tokenizer is looked for.</param>
public sealed record ModelFiles(string Checkpoint, string Config, string Folder)
{
    /// <summary>Autoencoder, U-Net and text tower of a model that has its control branches in files of their own.</summary>
    public const string BaseName = "base.safetensors";

    /// <summary>The configuration's name.</summary>
    public const string ConfigName = "model_config.yaml";

    /// <summary>A prompt router that lies in a model's folder has this name, with any of the extensions.</summary>
    public const string RouterName = "prompt_router";

    private static readonly string[] Extensions = [".safetensors", ".ckpt", ".pth", ".pt"];

    /// <summary>The control branches' files by band; empty where the checkpoint holds its branch itself.</summary>
    public IReadOnlyDictionary<ControlBand, string> Controls { get; init; } = new Dictionary<ControlBand, string>();

    /// <summary>A band's control branch in a model's folder.</summary>
    public static string ControlName(ControlBand band) => $"control_{band.Name()}.safetensors";

    /// <summary>The router in the model's folder; none where there is none.</summary>
    public string? Router => Extensions.Select(extension => Path.Combine(Folder, RouterName + extension)).FirstOrDefault(File.Exists);

    /// <summary>Where a model's folder gets its configuration.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="described">The user's own description of the model, which may hold more and is not to be lost.</param>
    /// <exception cref="ConfigException">That is the same file.</exception>
    internal static string ConfigIn(string folder, string? described)
    {
        var path = Path.GetFullPath(Path.Combine(folder, ConfigName));
        return described is null || Path.GetFullPath(described) != path ? path : throw new ConfigException(
            $"'{described}' is where the model's own configuration goes, without comments and the section training. Give yours another name.");
    }

    /// <summary>Where a checkpoint's configuration is looked for: model_config.yaml, and the checkpoint's name with .yaml, beside it.</summary>
    internal static IReadOnlyList<string> ConfigsBeside(string checkpoint)
    {
        var path = Path.GetFullPath(checkpoint);
        return [Path.Combine(Path.GetDirectoryName(path)!, ConfigName), Path.ChangeExtension(path, ".yaml")];
    }

    /// <summary>Finds a model's files.</summary>
    /// <param name="path">A checkpoint, or a folder that holds one.</param>
    /// <param name="config">By default model_config.yaml, or the checkpoint's name with .yaml, beside the checkpoint.</param>
    /// <exception cref="FileNotFoundException">A file given by name is not there.</exception>
    /// <exception cref="ModelException">The folder holds no checkpoint, or several, or there is no configuration.</exception>
    public static ModelFiles Find(string path, string? config = null)
    {
        var checkpoint = Directory.Exists(path) ? CheckpointIn(path) : path;
        if (!File.Exists(checkpoint)) throw new FileNotFoundException($"There is no model at '{path}'.", path);
        if (config is not null && !File.Exists(config))
            throw new FileNotFoundException($"There is no configuration at '{config}'.", config);

        var folder = Path.GetDirectoryName(Path.GetFullPath(checkpoint))!;
        var usual = ConfigsBeside(checkpoint);
        config ??= usual.FirstOrDefault(File.Exists)
            ?? throw new ModelException(
                $"'{checkpoint}' has no configuration: neither {string.Join(" nor ", usual.Select(Path.GetFileName))} lies beside it. Name one.");
        return new ModelFiles(checkpoint, config, folder) { Controls = ControlsBeside(checkpoint, folder) };
    }

    /// <summary>The file of a band's control branch.</summary>
    /// <exception cref="ModelException">The model has no branch for it; the message lists those it has.</exception>
    public string Control(ControlBand band) => Controls.TryGetValue(band, out var file)
        ? file
        : throw new ModelException(
            $"The model in '{Folder}' has no control branch for {band.Name()}. It has {string.Join(", ", Controls.Keys.Select(b => b.Name()))}.");

    private static Dictionary<ControlBand, string> ControlsBeside(string checkpoint, string folder)
    {
        if (!string.Equals(Path.GetFileName(checkpoint), BaseName, StringComparison.OrdinalIgnoreCase)) return [];
        return ControlBands.All.Select(band => (band, File: Path.Combine(folder, ControlName(band))))
            .Where(pair => File.Exists(pair.File)).ToDictionary(pair => pair.band, pair => pair.File);
    }

    private static string CheckpointIn(string folder)
    {
        if (Path.Combine(folder, BaseName) is var shared && File.Exists(shared)) return shared;
        var found = Directory.EnumerateFiles(folder)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
                && Path.GetFileNameWithoutExtension(file) != RouterName)
            .Order(StringComparer.Ordinal)
            .ToArray();
        return found.Length switch
        {
            1 => found[0],
            0 => throw new ModelException($"The folder '{folder}' holds no checkpoint ({string.Join(", ", Extensions)})."),
            _ => throw new ModelException(
                $"The folder '{folder}' holds several checkpoints: {string.Join(", ", found.Select(Path.GetFileName))}. Name one."),
        };
    }
}
