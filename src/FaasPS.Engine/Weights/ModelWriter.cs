using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>Writes parts of a model. Files appear whole or not at all.</summary>
internal static class ModelWriter
{
    /// <summary>Writes weights under their keys.</summary>
    /// <param name="path">A .safetensors file; overwritten if it exists.</param>
    /// <param name="shapes">Which weights; those that the source lacks are left out.</param>
    /// <param name="weights">Where they come from.</param>
    /// <param name="type">What they are stored as.</param>
    /// <exception cref="WeightsException">A weight is not finite in that type.</exception>
    public static void Write(string path, IEnumerable<TensorInfo> shapes, IWeightSource weights, ScalarType type) => Safetensors.Write(
        path,
        shapes.Where(info => weights.Contains(info.Name)).Select(info => info with { DType = type }),
        info =>
        {
            var tensor = weights.Load(info.Name, info.Shape, type, CPU);
            if (!TensorReader.HasNonFinite(tensor)) return tensor;
            tensor.Dispose();
            throw new WeightsException(
                $"'{info.Name}' is not finite as {type}: training has diverged, or its values are beyond that type's range");
        });

    /// <summary>Writes a configuration.</summary>
    public static void Write(string path, ModelConfig config) =>
        WholeFile.Write(path, temporary => File.WriteAllText(temporary, config.ToYaml()));

    /// <summary>Puts a vocabulary where a model's tokenizer is looked for.</summary>
    public static void CopyTokenizer(string vocabulary, string folder)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, "tokenizer"));
        File.Copy(vocabulary, Path.Combine(target.FullName, Path.GetFileName(vocabulary)), overwrite: true);
    }
}
