using FaasPS.Engine.Models;
using FaasPS.Engine.Text;
using FaasPS.Engine.Weights;
using static TorchSharp.torch;

namespace FaasPS.Engine.Training;

/// <summary>Writes what a run has made so far, so that its folder is a model at any time.</summary>
/// <param name="options">Where it goes.</param>
/// <param name="start">What it started from.</param>
internal sealed class TrainedModel(TrainingOptions options, StartingModel start)
{
    private readonly ScalarType type = options.HalfPrecision ? ScalarType.Float16 : ScalarType.Float32;

    /// <summary>
    /// Refuses a folder that has another model than the one from elsewhere that is continued, and one whose configuration, which the
    /// autoencoder's stage replaces, is the user's own.
    /// </summary>
    /// <exception cref="ModelException">The parts would not belong together.</exception>
    /// <exception cref="ConfigException">The configuration would be overwritten.</exception>
    public void Check()
    {
        var config = options.Stage == TrainingStage.Autoencoder
            ? ModelFiles.ConfigIn(options.OutputDirectory, options.Config)
            : In(ModelFiles.ConfigName);
        if (options.Model is null || start.Folder is null || Path.GetFullPath(start.Folder) == Path.GetFullPath(options.OutputDirectory)) return;
        if (File.Exists(config) && Sizes(ModelConfig.Load(config)) != Sizes(start.Config)) throw Another(ModelFiles.ConfigName);
        var shared = In(ModelFiles.BaseName);
        if (options.Stage == TrainingStage.Control && File.Exists(shared) && !IsBase(shared)) throw Another(ModelFiles.BaseName);
    }

    /// <summary>The whole model with these weights instead of those it started with.</summary>
    public IWeightSource With(IWeightSource trained) => new LayeredWeights(trained, start.Weights);

    /// <summary>Writes the trained weights and whatever else the model needs and its folder lacks.</summary>
    /// <param name="trained">The weights that are trained.</param>
    /// <param name="config">The configuration, where training has changed it.</param>
    public void Write(IWeightSource trained, ModelConfig? config)
    {
        Directory.CreateDirectory(options.OutputDirectory);
        if (config is not null) ModelWriter.Write(In(ModelFiles.ConfigName), config);
        else WriteUnlessThere(ModelFiles.ConfigName, path => ModelWriter.Write(path, start.Config));
        if (VocabularyLocator.Find(options.OutputDirectory) is null && start.FindTokenizer(options) is { } vocabulary)
            ModelWriter.CopyTokenizer(vocabulary, options.OutputDirectory);
        if (options.Stage == TrainingStage.Control)
        {
            WriteUnlessThere(ModelFiles.BaseName, path => ModelWriter.Write(path, ModelShapes.Base(start.Config), start.Weights, type));
            ModelWriter.Write(options.OutputPath, ModelShapes.Control(start.Config), With(trained), type);
        }
        else ModelWriter.Write(options.OutputPath, ModelShapes.Base(start.Config), With(trained), type);
    }

    /// <summary>What training and users may change in it apart.</summary>
    private static string Sizes(ModelConfig config) => (config with
    {
        ScaleFactor = 1, ControlMode = null, Sampling = new(), BandSampling = new Dictionary<ControlBand, SamplingDefaults>(),
    }).ToYaml();

    private bool IsBase(string path)
    {
        using var file = CheckpointFile.Open(path);
        return ModelShapes.Base(start.Config).Where(info => start.Weights.Contains(info.Name)).All(info =>
        {
            if (!file.Tensors.TryGetValue(info.Name, out var stored)) return false;
            using var scope = NewDisposeScope();
            using var there = file.Load(info.Name, info.Shape, stored.DType, CPU);
            using var here = start.Weights.Load(info.Name, info.Shape, stored.DType, CPU);
            return there.equal(here).all().item<bool>();
        });
    }

    private ModelException Another(string name) => new(
        $"'{In(name)}' is of another model than '{options.Model}': what is trained beside it would not fit. Name another output directory.");

    private string In(string name) => Path.Combine(options.OutputDirectory, name);

    private void WriteUnlessThere(string name, Action<string> write)
    {
        if (!File.Exists(In(name))) write(In(name));
    }
}
