using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>
/// A file's tensors where the page cache holds them: nothing is copied, a page is there when it is first used, and processes with the same
/// model share its memory. A tensor that is written to gets pages of its own; the file is never changed.
/// </summary>
/// <remarks>As with any mapped file, whoever shortens it in place while its tensors are used ends the process. Moving another file into its
/// place is safe.</remarks>
/// <param name="path">The file, open for as long as tensors are asked for.</param>
/// <param name="length">Its size in bytes.</param>
internal sealed class MappedTensors(string path, long length) : IDisposable
{
    private readonly ConcurrentDictionary<(string Part, ScalarType Type), Lazy<Tensor?>> mappings = new();

    /// <summary>Maps an open file, whatever has become of its name. Not on Windows, which reserves memory for all of a mapping that could
    /// be written to.</summary>
    public static MappedTensors? Of(FileStream file) =>
        OperatingSystem.IsWindows() ? null : new MappedTensors($"/dev/fd/{file.SafeFileHandle.DangerousGetHandle()}", file.Length);

    /// <returns>The tensor, which the caller owns; null where it does not lie in the file as it is used, or where the system has no
    /// room for a mapping.</returns>
    public Tensor? Find(StoredTensor stored)
    {
        var offset = stored.Segment.Offset + stored.First * stored.ItemSize;
        if (stored.Segment.PackedLength is not null || !stored.IsContiguous || stored.Count == 0 || offset % stored.ItemSize != 0) return null;
        // One for each network of a model: its pages leave memory when the last of its tensors does.
        var part = stored.Info.Name.Split('.', 2)[0];
        if (mappings.GetOrAdd((part, stored.Info.DType), key => new(() => Map(key.Type))).Value is not { } all) return null;
        using var flat = all.narrow(0, offset / stored.ItemSize, stored.Count);
        return flat.view(stored.Info.Shape);
    }

    /// <summary>Ends the mappings once none of their tensors is left.</summary>
    public void Dispose()
    {
        foreach (var mapping in mappings.Values)
            if (mapping.IsValueCreated) mapping.Value?.Dispose();
    }

    private Tensor? Map(ScalarType type)
    {
        try
        {
            return from_file(path, shared: false, length / DataTypes.Size(type), type, CPU).DetachFromDisposeScope();
        }
        catch (ExternalException)
        {
            return null;
        }
    }
}
