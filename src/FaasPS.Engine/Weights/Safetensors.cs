using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Weights;

/// <summary>Writes safetensors files (github.com/huggingface/safetensors, README, Format). A file appears whole or not at all.</summary>
public static class Safetensors
{
    private const int Alignment = 8;
    private const long PieceSize = 1L << 30;

    /// <summary>Writes tensors that are at hand, on whatever device; they stay the caller's.</summary>
    public static void Write(
        string path, IEnumerable<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var all = tensors.ToDictionary(item => item.Name, item => item.Tensor, StringComparer.Ordinal);
        var infos = all.Select(pair => new TensorInfo(pair.Key, pair.Value.dtype, pair.Value.shape));
        Write(path, infos, info => all[info.Name].detach(), metadata);
    }

    /// <summary>Writes tensors one by one as they are made, so that no more than one is in memory for it.</summary>
    /// <param name="path">Overwritten if it exists.</param>
    /// <param name="infos">What will come: names, types, shapes.</param>
    /// <param name="load">Makes the tensor of such a name, type and shape; it is disposed of once written.</param>
    /// <param name="metadata">Goes under __metadata__.</param>
    /// <exception cref="WeightsException">A name is there twice or is reserved, or a tensor is not as announced.</exception>
    public static void Write(
        string path, IEnumerable<TensorInfo> infos, Func<TensorInfo, Tensor> load, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Wide types first keeps every tensor aligned to its own elements, for readers that map the file.
        var ordered = infos.OrderByDescending(info => DataTypes.Size(info.DType)).ToList();
        var header = Header(ordered, metadata);
        WholeFile.Write(path, temporary =>
        {
            using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, header, 0);
            long at = header.Length;
            foreach (var info in ordered) at += Write(file, at, info, load);
        });
    }

    private static long Write(SafeFileHandle file, long at, TensorInfo info, Func<TensorInfo, Tensor> load)
    {
        using var scope = NewDisposeScope();
        using var tensor = load(info);
        if (tensor.dtype != info.DType || !info.Fits(tensor.shape))
            throw new WeightsException($"announced was {info}, and it is {tensor.dtype} {TensorInfo.ShapeText(tensor.shape)}");
        var flat = tensor.cpu().contiguous().view(-1);
        var size = DataTypes.Size(info.DType);
        var count = flat.numel();
        var perPiece = PieceSize / size;
        for (var first = 0L; first < count; first += perPiece)
        {
            using var piece = flat.narrow(0, first, Math.Min(perPiece, count - first));
            RandomAccess.Write(file, piece.bytes, at + first * size);
        }
        return count * size;
    }

    private static byte[] Header(IReadOnlyList<TensorInfo> infos, IReadOnlyDictionary<string, string>? metadata)
    {
        using var json = new MemoryStream();
        json.Write(new byte[SafetensorsHeader.LengthSize]);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata) writer.WriteString(key, value);
                writer.WriteEndObject();
            }
            var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
            var at = 0L;
            foreach (var info in infos)
            {
                if (!names.Add(info.Name))
                    throw new WeightsException($"'{info.Name}' is there twice, or reserved in safetensors; it cannot be written");
                var end = at + StoredTensor.CountOf(info.Shape) * DataTypes.Size(info.DType);
                writer.WriteStartObject(info.Name);
                writer.WriteString("dtype", DataTypes.SafetensorsName(info.DType));
                WriteNumbers(writer, "shape", info.Shape);
                WriteNumbers(writer, "data_offsets", [at, end]);
                writer.WriteEndObject();
                at = end;
            }
            writer.WriteEndObject();
        }
        while (json.Length % Alignment != 0) json.WriteByte((byte)' ');
        var header = json.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.LengthSize);
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, ReadOnlySpan<long> numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
