using System.Text;
using TorchSharp;
using static TorchSharp.torch;
using static FaasPS.Engine.Weights.WeightsException;

namespace FaasPS.Engine.Weights;

/// <summary>A checkpoint on disk: safetensors, or what torch.save writes (bare state dicts and Lightning checkpoints). Opening reads and
/// checks the index only. Tensors are read one by one when asked for, or mapped, by several threads at once if need be.</summary>
public sealed class CheckpointFile : IWeightSource, IDisposable
{
    private readonly FileStream file;
    private readonly bool requireFinite;
    private readonly MappedTensors? mapped;
    private readonly Dictionary<string, StoredTensor> stored = new(StringComparer.Ordinal);

    private CheckpointFile(FileStream file, bool requireFinite, bool map)
    {
        this.file = file;
        this.requireFinite = requireFinite;
        if (map) mapped = MappedTensors.Of(file);
        (Format, var found, Metadata) = Parse(file);
        foreach (var tensor in found)
            if (!stored.TryAdd(tensor.Info.Name, tensor)) throw new WeightsException($"it has the key {Quote(tensor.Info.Name)} twice");
        Tensors = stored.ToDictionary(pair => pair.Key, pair => pair.Value.Info, StringComparer.Ordinal);
    }

    public string Path => file.Name;

    /// <summary>"safetensors", "zip" or "legacy" (PyTorch before 1.6).</summary>
    public string Format { get; }

    /// <summary>The state dict's tensors, in the file's order.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The __metadata__ of a safetensors file; empty for others.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IEnumerable<string> Keys => stored.Keys;

    /// <summary>Opens a checkpoint; its format is told by its content, not by its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireFinite">Whether loading a tensor with NaN or infinity is an error. The check costs no pass of its own.</param>
    /// <param name="map">Whether tensors that are asked for as they lie in the file may be left there (<see cref="MappedTensors"/>), for
    /// models that compute on the CPU. The file must then not be overwritten in place before they are freed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="WeightsException">It is a folder, no checkpoint, truncated, damaged, or asks for more than tensors.</exception>
    public static CheckpointFile Open(string path, bool requireFinite = true, bool map = false)
    {
        if (Directory.Exists(path)) throw new WeightsException($"'{path}' is a folder; give the checkpoint file in it");
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no checkpoint '{path}'.", path);
        var opened = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new CheckpointFile(opened, requireFinite, map);
        }
        catch (WeightsException e)
        {
            opened.Dispose();
            throw new WeightsException($"Cannot read '{path}': {e.Message}.", e);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public bool Contains(string key) => stored.ContainsKey(key);

    public long[] ShapeOf(string key) => Find(key).Info.Shape;

    /// <summary>Loads one tensor of whatever shape it has.</summary>
    public Tensor Load(string key, ScalarType dtype, Device device) => Load(key, ShapeOf(key), dtype, device);

    public Tensor Load(string key, ReadOnlySpan<long> shape, ScalarType dtype, Device device)
    {
        var tensor = Find(key);
        if (!tensor.Info.Fits(shape))
            throw new WeightsException(
                $"'{key}' in '{Path}' has the shape {TensorInfo.ShapeText(tensor.Info.Shape)} where the model needs "
                + $"{TensorInfo.ShapeText(shape)}: does the configuration belong to this checkpoint?");
        using var scope = NewDisposeScope();
        try
        {
            var inPlace = dtype == tensor.Info.DType && device.type == DeviceType.CPU ? mapped?.Find(tensor) : null;
            if (inPlace is not null) TensorReader.Check(file, tensor, requireFinite);
            var loaded = inPlace ?? TensorReader.Read(file, tensor, requireFinite);
            if (loaded.dtype != dtype) loaded = Convert(loaded, key, dtype);
            if (device.type != DeviceType.CPU) loaded = loaded.to(device);
            return loaded.DetachFromDisposeScope();
        }
        catch (WeightsException e)
        {
            throw new WeightsException($"Cannot load '{key}' from '{Path}': {e.Message}.", e);
        }
    }

    public void Dispose()
    {
        mapped?.Dispose();
        file.Dispose();
    }

    private Tensor Convert(Tensor loaded, string key, ScalarType dtype)
    {
        var converted = loaded.to(dtype);
        var narrowed = dtype == ScalarType.Float16 && loaded.dtype is ScalarType.Float64 or ScalarType.Float32 or ScalarType.BFloat16;
        if (requireFinite && narrowed && TensorReader.HasNonFinite(converted))
            throw new WeightsException($"{Quote(key)} has values beyond float16's 65,504; use bfloat16 or float32");
        return converted;
    }

    private StoredTensor Find(string key) =>
        stored.TryGetValue(key, out var tensor)
            ? tensor
            : throw new WeightsException(
                $"'{Path}' has no '{key}': is it a checkpoint of this kind of model, and does the configuration belong to it?");

    private static (string Format, IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Parse(FileStream file)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var head = FileBytes.Read(file, 0, Math.Min(file.Length, 64));
        return head switch
        {
            [] => throw new WeightsException("it is empty"),
            [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => ("zip", ZipCheckpoint.Read(file), metadata),
            [0x80, >= 2 and <= 5, ..] => ("legacy", LegacyCheckpoint.Read(file), metadata),
            [_, _, _, _, _, _, _, _, (byte)'{', ..] => ("safetensors", SafetensorsHeader.Read(file, metadata), metadata),
            _ when Encoding.Latin1.GetString(head).StartsWith("version https://git-lfs", StringComparison.Ordinal) =>
                throw new WeightsException("it is a Git LFS pointer, not the file itself; fetch it with 'git lfs pull'"),
            _ => throw new WeightsException(
                $"it is no checkpoint: it begins with the bytes {System.Convert.ToHexString(head, 0, Math.Min(head.Length, 8))}, "
                + "which are those of neither safetensors, nor a zip file of torch.save, nor its old pickle stream"),
        };
    }

}
