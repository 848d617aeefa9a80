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

    private string In(string name) => Path.Combine(options.OutputDirectory, name);

    private void WriteUnlessThere(string name, Action<string> write)
    {
        if (!File.Exists(In(name))) write(In(name));
    }
}
