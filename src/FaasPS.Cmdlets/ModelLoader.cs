using FaasPS.Engine;
using FaasPS.Engine.Models;

namespace FaasPS.Cmdlets;

/// <summary>Loads models into the catalog.</summary>
internal static class ModelLoader
{
    /// <summary>The folder of the model that ships with the module.</summary>
    public static string DemoFolder => Path.Combine(Path.GetDirectoryName(typeof(ModelLoader).Assembly.Location)!, "models", "demo");

    /// <summary>Loads a model and adds it to the catalog under a name.</summary>
    public static FaasModel Load(
        ModelFiles files, string name, ControlBand? band = null, string? tokenizer = null,
        ComputeType type = ComputeType.Float32, string device = "auto")
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
