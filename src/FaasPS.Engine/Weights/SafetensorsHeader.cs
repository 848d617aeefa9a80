using System.Buffers.Binary;
using System.Text.Json;
using static FaasPS.Engine.Weights.WeightsException;
using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>The head of a safetensors file: an 8-byte length, then JSON of {name: {dtype, shape, data_offsets}} and '__metadata__'. The
/// data that follows must be covered without holes or overlaps (github.com/huggingface/safetensors, README, Format).</summary>
internal static class SafetensorsHeader
{
    public const int LengthSize = 8;

    /// <summary>The format's own limit.</summary>
    public const long MaxLength = 100_000_000;

    public const string MetadataKey = "__metadata__";

    /// <param name="file">The whole file.</param>
    /// <param name="metadata">Filled with '__metadata__'.</param>
    public static IReadOnlyList<StoredTensor> Read(FileStream file, Dictionary<string, string> metadata)
    {
        var length = BinaryPrimitives.ReadUInt64LittleEndian(FileBytes.Read(file, 0, LengthSize));
        if (length > MaxLength)
            throw new WeightsException(Invariant($"its header claims {length} bytes; {MaxLength} is the limit of safetensors"));
        if ((long)length > file.Length - LengthSize)
            throw new WeightsException(Invariant($"its header of {length} bytes is longer than the file: truncated"));
        try
        {
            return Parse(FileBytes.Read(file, LengthSize, (long)length), LengthSize + (long)length, file.Length, metadata);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new WeightsException($"its header is no valid JSON: {e.Message}", e);
        }
    }

    private static List<StoredTensor> Parse(byte[] json, long dataStart, long fileLength, Dictionary<string, string> metadata)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        var tensors = new List<StoredTensor>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Expect(ref reader, JsonTokenType.StartObject);
        while (NextProperty(ref reader) is { } name)
        {
            if (!names.Add(name)) throw new WeightsException($"its header has {Quote(name)} twice");
            Expect(ref reader, JsonTokenType.StartObject);
            if (!string.Equals(name, MetadataKey, StringComparison.Ordinal))
            {
                tensors.Add(Tensor(ref reader, name, dataStart, fileLength - dataStart));
                continue;
            }
            while (NextProperty(ref reader) is { } key)
            {
                Expect(ref reader, JsonTokenType.String);
                if (!metadata.TryAdd(key, reader.GetString()!)) throw new WeightsException($"its metadata has {Quote(key)} twice");
            }
        }
        // Nothing but the padding's spaces may follow; the reader throws on anything else.
        reader.Read();
        CheckCovered(tensors, dataStart, fileLength);
        return tensors;
    }

    private static StoredTensor Tensor(ref Utf8JsonReader reader, string name, long dataStart, long available)
    {
        string? type = null;
        long[]? shape = null, range = null;
        while (NextProperty(ref reader) is { } field)
        {
            switch (field)
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String);
                    type = reader.GetString();
                    break;
                case "shape" when shape is null: shape = Sizes(ref reader); break;
                case "data_offsets" when range is null: range = Sizes(ref reader); break;
                default: throw new WeightsException($"{Quote(name)} has the field {Quote(field)}, unknown or twice");
            }
        }
        if (type is null || shape is null || range is not [var begin, var end])
            throw new WeightsException($"{Quote(name)} lacks dtype, shape or data_offsets");
        var info = new TensorInfo(name, DataTypes.FromSafetensors(type), shape);
        if (begin > end || end > available)
            throw new WeightsException(Invariant($"{Quote(name)} lies at [{begin}, {end}) of {available} bytes: truncated or damaged"));
        var count = StoredTensor.CountOf(shape);
        if (count != (end - begin) / DataTypes.Size(info.DType) || count * DataTypes.Size(info.DType) != end - begin)
            throw new WeightsException(Invariant($"{Quote(name)}, {type} {TensorInfo.ShapeText(shape)}, has {end - begin} bytes of data"));
        return new StoredTensor(info, new Segment(dataStart + begin, end - begin), 0, StoredTensor.RowMajor(shape));
    }

    private static void CheckCovered(List<StoredTensor> tensors, long dataStart, long fileLength)
    {
        var at = dataStart;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Segment.Offset).ThenBy(tensor => tensor.Segment.Length))
        {
            if (tensor.Segment.Offset != at)
                throw new WeightsException(
                    $"{Quote(tensor.Info.Name)} {(tensor.Segment.Offset < at ? "overlaps another" : "leaves a hole before it")}");
            at += tensor.Segment.Length;
        }
        if (at != fileLength) throw new WeightsException(Invariant($"{fileLength - at} bytes at its end belong to no tensor"));
    }

    private static long[] Sizes(ref Utf8JsonReader reader)
    {
        var sizes = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out var size) || size < 0) throw new JsonException("a size or offset is no integer of 0 or more");
            sizes.Add(size);
        }
        return reader.TokenType == JsonTokenType.EndArray ? [.. sizes] : throw new JsonException("a size or offset is no number");
    }

    private static string? NextProperty(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type) throw new JsonException($"{type} expected, not {reader.TokenType}");
    }
}
