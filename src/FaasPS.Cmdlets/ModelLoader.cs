using FaasPS.Engine;
using FaasPS.Engine.Models;

namespace FaasPS.Cmdlets;

/// <summary>Loads models into the catalog.</summary>
internal static class ModelLoader
{
    /// <summary>The module's folder.</summary>
    public static string ModuleFolder => Path.GetDirectoryName(typeof(ModelLoader).Assembly.Location)!;

    /// <summary>The folder of the models that ship with the module.</summary>
    public static string ModelsFolder => Path.Combine(ModuleFolder, "models");

    /// <summary>The folder of the one that is taken when none is imported.</summary>
    public static string DemoFolder => Path.Combine(ModelsFolder, "demo");

    /// <summary>The pictures that ship with the module, prompts beside them.</summary>
    public static IEnumerable<string> SamplePictures()
    {
        var folder = Path.Combine(ModuleFolder, "samples");
        return !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file) is ".png" or ".jpg").Order(StringComparer.Ordinal);
    }

    /// <summary>What a model is called: its folder's name, or its file's without the extension.</summary>
    public static string NameOf(string path) => Directory.Exists(path)
        ? Path.GetFileName(Path.TrimEndingDirectorySeparator(path))
        : Path.GetFileNameWithoutExtension(path);

    /// <summary>Loads a model and adds it to the catalog under a name.</summary>
    public static FaasModel Load(
        ModelFiles files, string name, ComputeType type, ControlBand? band = null, string? tokenizer = null, string device = "auto")
    {
        var engine = FcDiffusionModel.Load(files, type, device, band);
        var model = new FaasModel(name, files, band ?? BandOf(engine), tokenizer, engine);
        ModelCatalog.Add(model);
        return model;
    }

    /// <summary>The configuration's control_mode; the reference's own default, low_pass, where it tells none.</summary>
    private static ControlBand BandOf(FcDiffusionModel engine) =>
        ControlBands.TryParse(engine.Config.ControlMode, out var band) ? band : ControlBand.LowPass;
}
