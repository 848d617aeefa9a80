using System.Text;
using FaasPS.Engine.Weights;
using static FaasPS.Engine.Tests.Weights.CheckpointBytes;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>Files that lie about their own structure, and files that are no checkpoints.</summary>
public sealed class HostileFileTests
{
    private static readonly byte[] Pickle = PickleWriter.Of(p => p.Dict(("w", v => v.Tensor("0", 4, 0, [4], [1]))));
    private static readonly ZipItem PickleItem = new("archive/data.pkl", Pickle);
    private static readonly ZipItem DataItem = new("archive/data/0", Floats(1, 2, 3, 4));

    [Fact]
    public void FilesThatAreNoCheckpointsSayWhatTheyAre()
    {
        AssertRefused([], "it is empty");
        AssertRefused([1], "it is no checkpoint");
        AssertRefused(Encoding.UTF8.GetBytes("This is not a checkpoint at all."), "it is no checkpoint", "5468697320697320");
        AssertRefused([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 0], "it is no checkpoint", "89504E47");
        AssertRefused(Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"), "git lfs pull");
    }

    [Fact]
    public void AFolderAndAMissingFileAreNamed()
    {
        var folder = Assert.Throws<WeightsException>(() => CheckpointFile.Open(Fixtures.Path("formats")));
        Assert.Contains("is a folder", folder.Message, StringComparison.Ordinal);
        var missing = Assert.Throws<FileNotFoundException>(() => CheckpointFile.Open(Fixtures.Path("none", "none.ckpt")));
        Assert.EndsWith("none.ckpt", missing.FileName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1UL << 63, "9223372036854775808 bytes")]
    [InlineData(ulong.MaxValue, "18446744073709551615 bytes")]
    [InlineData(100_000_001UL, "100000001 bytes")]
    [InlineData(100_000_000UL, "longer than the file")]
    [InlineData(1UL, "JSON")]
    public void ASafetensorsHeaderOfFalseLengthIsRefused(ulong announced, string mention) =>
        AssertRefused(Safetensors("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, announced), mention);

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "has 4 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,5]}}""", 5, "has 5 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "[4, 0)")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "[0, 4) of 3")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775804,9223372036854775807]}}""", 4, "9223372036854775807")]
    [InlineData("""{"w":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,4]}}""", 4, "too large")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "too large")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("""{"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("""{"w":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "'F8_E4M3'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1]}}""", 0, "lacks")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":[]}}""", 4, "'extra'")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'w' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "4 bytes at its end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x""", 4, "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},/**/}""", 4, "JSON")]
    [InlineData("""{"__metadata__":{"a":"b","a":"c"}}""", 0, "'a' twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "JSON")]
    [InlineData("""{"a":[[[[[[[[[[[[]]]]]]]]]]]]}""", 0, "JSON")]
    public void AFalseSafetensorsHeaderIsRefused(string header, int dataLength, string mention) =>
        AssertRefused(Safetensors(header, dataLength), mention);

    [Fact]
    public void AZipThatLiesIsRefused()
    {
        LoadAll(ZipWriter.Write(PickleItem, DataItem));
        LoadAll(ZipWriter.Write(PickleItem with { Deflate = true }, DataItem with { Deflate = true }));
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { Size = 1 << 30 }), "claims 1073741824 bytes");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { Size = 1 << 30, PackedSize = 1 << 30 }), "outside the file");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { LocalOffset = 0xfffffff0 }), "outside the file");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { LocalOffset = 7 }), "is not where the directory says");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { LocalOffset = 0 }), "another name");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { LocalName = "archive/data/1" }), "another name");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { Flags = 1 }), "encrypted");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { Method = 14 }), "method 14");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem, DataItem), "twice");
        AssertRefused(ZipWriter.Write(DataItem), "0 entries");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem, PickleItem with { Name = "other/data.pkl" }), "2 entries");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem, new ZipItem("archive/byteorder", Encoding.ASCII.GetBytes("big"))), "'big'");
        AssertRefused(ZipWriter.Write(PickleItem, DataItem with { Size = uint.MaxValue }), "64-bit");
        // A zip64 field: id 1, 8 bytes, a negative size.
        AssertRefused(
            ZipWriter.Write(PickleItem, DataItem with { Size = uint.MaxValue, Extra = [1, 0, 8, 0, .. BitConverter.GetBytes(-1L)] }),
            "outside the file");
    }

    [Fact]
    public void AViewIntoADeflatedStorageIsRead()
    {
        var view = PickleWriter.Of(p => p.Dict(("w", v => v.Tensor("0", 6, 1, [2, 2], [1, 2]))));
        using var file = new TemporaryFile(ZipWriter.Write(
            PickleItem with { Data = view }, DataItem with { Data = Floats(1, 2, 3, 4, 5, 6), Deflate = true }));
        using var checkpoint = CheckpointFile.Open(file.Path);
        using var loaded = checkpoint.Load("w", TorchSharp.torch.ScalarType.Float64, TorchSharp.torch.CPU);
        Assert.Equal([2, 4, 3, 5], FormatTests.Doubles(loaded));
    }

    [Fact]
    public void OverlappingZipEntriesAreRefused()
    {
        // One entry's data holds another whole entry: its local header (30 bytes and the name) and data.
        var inner = ZipWriter.Write(new ZipItem("archive/data/0", Floats(1, 2, 3, 4)))[..(30 + "archive/data/0".Length + 16)];
        var outer = new ZipItem("archive/outer", inner);
        var innerAt = (uint)(30 + PickleItem.Name.Length + Pickle.Length + 30 + outer.Name.Length);
        AssertRefused(ZipWriter.Write(PickleItem, outer, DataItem with { LocalOffset = innerAt }), "overlaps");
    }

    [Fact]
    public void AZipBombIsRefusedBeforeItInflates()
    {
        AssertRefused(ZipWriter.Write(PickleItem with { Deflate = true, Size = 255 << 20 }, DataItem), "claims");
        // A true bomb: a quarter of a gigabyte of zeros as the pickle, in 260 KB.
        var bomb = new ZipItem("archive/data.pkl", new byte[(256 << 20) + 1]) { Deflate = true };
        AssertRefused(ZipWriter.Write(bomb, DataItem), "too large to be true");
        // Tensor data that inflates to less than announced.
        AssertRefused(
            ZipWriter.Write(PickleItem, new ZipItem("archive/data/0", new byte[8]) { Deflate = true, Size = 16 }),
            "'w'", "shorter than announced");
        AssertRefused(ZipWriter.Write(PickleItem, new ZipItem("archive/data/0", new byte[16]) { Method = 8 }), "'w'");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void WeightsThatAreNoNumbersAreNamedUnlessAllowed(float bad)
    {
        var bytes = Zip(Pickle, ("0", Floats(1, 2, bad, 4)));
        AssertRefused(bytes, "'w'", "NaN or infinity");
        using var file = new TemporaryFile(bytes);
        using var tolerant = CheckpointFile.Open(file.Path, requireFinite: false);
        using var loaded = tolerant.Load("w", TorchSharp.torch.ScalarType.Float64, TorchSharp.torch.CPU);
        Assert.Equal([1, 2, (double)bad, 4], FormatTests.Doubles(loaded));
    }

    [Theory]
    [InlineData("HalfStorage", 0x7c, 0x00)]
    [InlineData("HalfStorage", 0xfe, 0x01)]
    [InlineData("BFloat16Storage", 0x7f, 0x80)]
    [InlineData("BFloat16Storage", 0xff, 0xc0)]
    public void NaNIsFoundInHalfTypesWhereverItLies(string type, byte high, byte low)
    {
        // 67 elements: vector lanes and the rest after them.
        const int count = 67;
        var pickle = PickleWriter.Of(p => p.Dict(("w", v => v.Tensor("0", count, 0, [count], [1], type))));
        byte[] data = [.. Enumerable.Repeat((byte[])[0x34, 0x12], count).SelectMany(pair => pair)];
        LoadAll(Zip(pickle, ("0", data)));
        for (var i = 0; i < count; i++)
        {
            var bad = data.ToArray();
            (bad[2 * i], bad[2 * i + 1]) = (low, high);
            AssertRefused(Zip(pickle, ("0", bad)), "'w'", "NaN or infinity");
        }
    }

    [Fact]
    public void ValuesBeyondHalfPrecisionAreNamedWhenLoadedAsHalf()
    {
        using var file = new TemporaryFile(Zip(Pickle, ("0", Floats(1, 2, 70_000, 4))));
        using var checkpoint = CheckpointFile.Open(file.Path);
        checkpoint.Load("w", TorchSharp.torch.ScalarType.BFloat16, TorchSharp.torch.CPU).Dispose();
        var refusal = Assert.Throws<WeightsException>(() =>
            checkpoint.Load("w", TorchSharp.torch.ScalarType.Float16, TorchSharp.torch.CPU));
        Assert.Contains("bfloat16", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BooleansOtherThanZeroAndOneAreRefused() => AssertRefused(
        Zip(PickleWriter.Of(p => p.Dict(("w", v => v.Tensor("0", 4, 0, [4], [1], "BoolStorage")))), ("0", [0, 1, 2, 0])),
        "'w'", "neither 0 nor 1");
}
