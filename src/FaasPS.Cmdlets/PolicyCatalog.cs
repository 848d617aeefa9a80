using FaasPS.Engine;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>
/// The policies and scores that come with models: in the folder policies beside the checkpoint, or, for the models that ship with the
/// module, in the module's own folder policies/model name. A policy's file is named for its band.
/// </summary>
internal static class PolicyCatalog
{
    private const string ScoreFileName = "scores.json";

    /// <summary>The policy of a model for a band, if it comes with one.</summary>
    public static FaasPolicy? Find(FaasModel? model, ControlBand band) =>
        FindFile(model, $"{band.Name()}.json") is { } path ? new FaasPolicy(PolicyFile.Read(path)) : null;

    /// <summary>A model's scores, if it comes with some.</summary>
    /// <param name="model">The model; none: the one that ships with the module, which need not be loaded for it.</param>
    public static IReadOnlyList<LayerScore> Scores(FaasModel? model) =>
        FindFile(model, ScoreFileName) is { } path ? ScoreFile.Read(path) : [];

    /// <summary>The folders in which a model's policies may lie.</summary>
    public static IEnumerable<string> Folders(FaasModel? model)
    {
        var folder = model is null ? ModelLoader.DemoFolder : Path.GetDirectoryName(Path.GetFullPath(model.Path))!;
        yield return Path.Combine(folder, "policies");
        if (Path.GetDirectoryName(folder) == ModelLoader.ModelsFolder)
            yield return Path.Combine(ModelLoader.ModuleFolder, "policies", Path.GetFileName(folder));
    }

    /// <summary>The policy files that come with a model, the first of each name.</summary>
    public static IEnumerable<string> Files(FaasModel? model) => Folders(model)
        .Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        .Where(file => Path.GetFileName(file) != ScoreFileName).DistinctBy(Path.GetFileName, StringComparer.Ordinal);

    private static string? FindFile(FaasModel? model, string name) =>
        Folders(model).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
