using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using FaasPS.Engine.Weights.Pickle;
using static FaasPS.Engine.Weights.WeightsException;
using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>What torch.save wrote before PyTorch 1.6 (torch/serialization.py, _legacy_save): five pickles one after another (magic number,
/// protocol version, system information, the object, the storages' keys), then each storage as an int64 count and raw elements.</summary>
internal static class LegacyCheckpoint
{
    private const long ProtocolVersion = 1001;
    private static readonly BigInteger Magic =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static IReadOnlyList<StoredTensor> Read(FileStream file)
    {
        if (Unpickler.Read(file) is not BigInteger magic || magic != Magic)
            throw new WeightsException("it is a pickle, but not one that PyTorch made");
        if (Unpickler.Read(file) is not ProtocolVersion)
            throw new WeightsException(Invariant($"its protocol version is not {ProtocolVersion}"));
        if (Unpickler.Read(file) is not PickleDict system || system.Find("little_endian") is not true)
            throw new WeightsException("it was not written by a little-endian machine; only that byte order is read");
        var root = Unpickler.Read(file, out var storages);
        if (Unpickler.Read(file) is not List<object?> keys) throw new WeightsException("its list of storages is missing");
        var segments = Segments(file, keys, storages);
        return StateDict.Of(root, storage => segments.TryGetValue(storage.Key, out var segment)
            ? segment
            : throw new WeightsException($"it has no storage {Quote(storage.Key)}, which its pickle refers to"));
    }

    private static Dictionary<string, Segment> Segments(
        FileStream file, List<object?> keys, IReadOnlyDictionary<string, PickledStorage> storages)
    {
        var segments = new Dictionary<string, Segment>(StringComparer.Ordinal);
        var at = file.Position;
        foreach (var item in keys)
        {
            if (item is not string key || !storages.TryGetValue(key, out var storage))
                throw new WeightsException("its list of storages names one that no tensor uses");
            var count = BinaryPrimitives.ReadInt64LittleEndian(FileBytes.Read(file, at, sizeof(long)));
            at += sizeof(long);
            if (count != storage.Whole)
                throw new WeightsException(Invariant($"storage {Quote(key)} has {count} elements where the pickle says {storage.Whole}"));
            if (count > (file.Length - at) / DataTypes.Size(storage.Type))
                throw new WeightsException(Invariant($"it ends within storage {Quote(key)}: truncated"));
            var length = count * DataTypes.Size(storage.Type);
            if (!segments.TryAdd(key, new Segment(at, length)))
                throw new WeightsException($"its list of storages names {Quote(key)} twice");
            at += length;
        }
        return segments;
    }
}
