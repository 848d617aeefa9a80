using System.Globalization;
using System.Numerics;
using System.Text;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>Builds checkpoint files in memory, and opens them from a temporary file.</summary>
internal static class CheckpointBytes
{
    private static readonly BigInteger Magic =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static byte[] Zip(byte[] pickle, params (string Key, byte[] Data)[] storages) =>
        ZipWriter.Write([new ZipItem("archive/data.pkl", pickle),
            .. storages.Select(item => new ZipItem($"archive/data/{item.Key}", item.Data))]);

    /// <param name="pickle">The object.</param>
    /// <param name="storages">Key, announced count, raw elements.</param>
    public static byte[] Legacy(byte[] pickle, params (string Key, long Count, byte[] Data)[] storages) =>
    [
        .. PickleWriter.Of(p => p.Int(Magic)),
        .. PickleWriter.Of(p => p.Int(1001)),
        .. PickleWriter.Of(p => p.Dict(("protocol_version", v => v.Int(1001)), ("little_endian", v => v.Raw(0x88)))),
        .. pickle,
        .. PickleWriter.Of(p =>
        {
            p.Raw((byte)']', (byte)'(');
            foreach (var (key, _, _) in storages) p.Text(key);
            p.Op('e');
        }),
        .. storages.SelectMany(item => (byte[])[.. BitConverter.GetBytes(item.Count), .. item.Data]),
    ];

    public static byte[] Safetensors(string header, int dataLength, ulong? announced = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes(announced ?? (ulong)json.Length), .. json, .. new byte[dataLength]];
    }

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <summary>Opens the bytes as a file and loads every tensor in it as the type it has.</summary>
    public static void LoadAll(byte[] bytes)
    {
        using var file = new TemporaryFile(bytes);
        using var checkpoint = CheckpointFile.Open(file.Path);
        foreach (var info in checkpoint.Tensors.Values) checkpoint.Load(info.Name, info.DType, TorchSharp.torch.CPU).Dispose();
    }

    /// <summary>Asserts that the file is refused, that the message says each of <paramref name="mentions"/>, and that no more memory than
    /// some multiple of its size was asked for on the way.</summary>
    public static void AssertRefused(byte[] bytes, params string[] mentions)
    {
        const long floor = 4 << 20;
        const int perByte = 200;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<WeightsException>(() => LoadAll(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, floor + (long)bytes.Length * perByte);
        foreach (var mention in mentions)
            Assert.True(refusal.Message.Contains(mention, StringComparison.Ordinal), $"'{mention}' is not in: {refusal.Message}");
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
