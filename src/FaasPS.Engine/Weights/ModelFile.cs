namespace FaasPS.Engine.Weights;

/// <summary>A checkpoint that was written.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Tensors">The number of its tensors.</param>
/// <param name="Parameters">The number of its weights.</param>
/// <param name="Type">What the weights are stored as.</param>
/// <param name="Length">Its size in bytes.</param>
public sealed record ModelFile(string Path, int Tensors, long Parameters, string Type, long Length)
{
    internal static ModelFile Of(string path)
    {
        using var file = CheckpointFile.Open(path);
        var infos = file.Tensors.Values;
        var most = infos.GroupBy(info => info.DType).MaxBy(group => group.Sum(info => StoredTensor.CountOf(info.Shape)))!;
        return new ModelFile(
            path, file.Tensors.Count, infos.Sum(info => StoredTensor.CountOf(info.Shape)), most.Key.ToString(), new FileInfo(path).Length);
    }
}
