using System.Text;
using FaasPS.Engine.Weights.Pickle;
using static FaasPS.Engine.Weights.WeightsException;
using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>What torch.save writes since PyTorch 1.6: a zip of {prefix}/data.pkl and one entry {prefix}/data/{key} a storage,
/// uncompressed.</summary>
internal static class ZipCheckpoint
{
    private const string PickleName = "/data.pkl";

    public static IReadOnlyList<StoredTensor> Read(FileStream file)
    {
        var entries = ZipDirectory.Read(file);
        var pickles = entries.Keys
            .Where(name => name.EndsWith(PickleName, StringComparison.Ordinal) && name.Count(c => c == '/') == 1).ToList();
        if (pickles is not [var pickle])
            throw new WeightsException(
                Invariant($"it is a zip file with {pickles.Count} entries '*{PickleName}' where a PyTorch checkpoint has one"));
        var prefix = pickle[..^PickleName.Length];
        CheckByteOrder(file, entries, prefix);

        var segment = entries[pickle];
        if (segment.Length > PickleReader.MaxLength)
            throw new WeightsException(Invariant($"its '{PickleName[1..]}' of {segment.Length} bytes is too large to be true"));
        return StateDict.Of(Unpickler.Read(new MemoryStream(ZipDirectory.ReadAll(file, segment)), out _), Locate);

        Segment Locate(PickledStorage storage) => entries.TryGetValue($"{prefix}/data/{storage.Key}", out var data)
            ? data
            : throw new WeightsException($"it has no entry {Quote($"data/{storage.Key}")}, which its pickle refers to");
    }

    // Written since PyTorch 2.1; before that, every file is little-endian.
    private static void CheckByteOrder(FileStream file, IReadOnlyDictionary<string, Segment> entries, string prefix)
    {
        if (!entries.TryGetValue($"{prefix}/byteorder", out var segment)) return;
        var order = segment.Length > 16 ? "(too long)" : Encoding.Latin1.GetString(ZipDirectory.ReadAll(file, segment));
        if (!string.Equals(order, "little", StringComparison.Ordinal))
            throw new WeightsException($"its byte order is {Quote(order)}; only 'little' is read: save it on a little-endian machine");
    }
}
