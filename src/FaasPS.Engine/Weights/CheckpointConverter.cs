using FaasPS.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>What to make of a checkpoint.</summary>
/// <param name="Source">A checkpoint, or a model's folder: its base and a band's control branch become one file.</param>
/// <param name="Output">The .safetensors file to write; overwritten if it exists.</param>
public sealed record ConversionOptions(string Source, string Output)
{
    /// <summary>
    /// Whether to add the control branch that FCDiffusion's training starts from, and beside the output, where none lies there, a
    /// configuration under its name.
    /// </summary>
    public bool ToControl { get; init; }

    /// <summary>Whether to store weights in half precision.</summary>
    public bool ToHalf { get; init; }

    /// <summary>The control branch to take from a folder that has several.</summary>
    public ControlBand? Band { get; init; }

    /// <summary>The configuration; by default the one beside the checkpoint, else the published FCDiffusion's.</summary>
    public string? Config { get; init; }

    /// <summary>Seeds the new layers of a control branch.</summary>
    public long Seed { get; init; }
}

/// <summary>Makes checkpoints out of others, with the keys that FCDiffusion's own loader expects.</summary>
public static class CheckpointConverter
{
    private const string UNetPrefix = "model.diffusion_model.";

    /// <exception cref="ModelException">The source is not what the conversion needs.</exception>
    /// <exception cref="WeightsException">The source cannot be read, or a value does not fit into half precision.</exception>
    public static ModelFile Convert(ConversionOptions options)
    {
        if (!File.Exists(options.Source) && !Directory.Exists(options.Source))
            throw new FileNotFoundException($"There is no checkpoint at '{options.Source}'.", options.Source);
        NativeRuntime.Load();
        var (checkpoint, configPath, controls) = Locate(options);
        var config = configPath is null ? ModelConfig.FcDiffusion : ModelConfig.Load(configPath);
        using var scope = NewDisposeScope();
        using var main = CheckpointFile.Open(checkpoint);
        using var branch = controls is null ? null : CheckpointFile.Open(controls);
        var infos = main.Tensors.Values.Concat(branch?.Tensors.Values ?? []).ToList();
        var source = branch is null ? (IWeightSource)main : new LayeredWeights(main, branch);
        var added = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        if (branch is not null)
        {
            var width = main.ShapeOf("cond_stage_model.model.token_embedding.weight")[1];
            foreach (var (key, value) in ReferenceKeys.Schedule(config).Concat(ReferenceKeys.Text(width)))
                if (!source.Contains(key)) added.Add(key, value);
            infos.AddRange(added.Select(pair => new TensorInfo(pair.Key, pair.Value.dtype, pair.Value.shape)));
        }
        if (options.ToControl)
        {
            CheckHasUNetAlone(source, options.Source);
            source = new LayeredWeights(source, new ControlStart(source, options.Seed));
            infos.AddRange(ModelShapes.Control(config));
        }
        Safetensors.Write(
            options.Output,
            infos.Select(info => options.ToHalf && IsWeight(info) ? info with { DType = ScalarType.Float16 } : info),
            info => added.TryGetValue(info.Name, out var value)
                ? value.to(info.DType)
                : source.Load(info.Name, info.Shape, info.DType, CPU),
            main.Metadata);
        if (options.ToControl && !ModelFiles.ConfigsBeside(options.Output).Any(File.Exists))
            ModelWriter.Write(Path.ChangeExtension(options.Output, ".yaml"), config);
        return ModelFile.Of(options.Output);
    }

    /// <summary>The schedule's buffers keep their type: they are read as they stand, and a thousand numbers save nothing.</summary>
    private static bool IsWeight(TensorInfo info) =>
        info.DType is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16
        && (ModelShapes.BasePrefixes.Any(prefix => info.Name.StartsWith(prefix, StringComparison.Ordinal))
            || info.Name.StartsWith(ModelShapes.ControlPrefix, StringComparison.Ordinal));

    private static (string Checkpoint, string? Config, string? Control) Locate(ConversionOptions options)
    {
        if (!Directory.Exists(options.Source) && options.Config is null)
            return (options.Source, ModelFiles.ConfigsBeside(options.Source).FirstOrDefault(File.Exists), null);
        var files = ModelFiles.Find(options.Source, options.Config);
        if (files.Controls.Count == 0 || !Directory.Exists(options.Source)) return (files.Checkpoint, files.Config, null);
        var band = options.Band ?? (files.Controls.Count == 1
            ? files.Controls.Keys.First()
            : throw new ModelException(
                $"The model in '{options.Source}' has control branches for {string.Join(", ", files.Controls.Keys.Select(b => b.Name()))}: "
                + "name the band to take."));
        return (files.Checkpoint, files.Config, files.Control(band));
    }

    private static void CheckHasUNetAlone(IWeightSource source, string path)
    {
        bool Has(string prefix) => source.Keys.Any(key => key.StartsWith(prefix, StringComparison.Ordinal));
        if (!Has(UNetPrefix))
            throw new ModelException(
                $"'{path}' has no keys that begin with {UNetPrefix}: a control branch is made from a whole Stable Diffusion checkpoint.");
        if (Has(ModelShapes.ControlPrefix))
            throw new ModelException($"'{path}' has a control branch already.");
    }
}
