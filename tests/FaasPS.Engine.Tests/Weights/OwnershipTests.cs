using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>
/// A loaded tensor is the caller's alone, and nothing else stays behind: counted per thread, on loads that succeed and that fail.
/// </summary>
public sealed class OwnershipTests
{
    [Fact]
    public void ALoadedTensorOutlivesTheScopesAroundIt()
    {
        var random = new RandomWeights(1);
        using var file = CheckpointFile.Open(Fixtures.Path("formats", "mixed_zip.ckpt"));
        var kept = new List<Tensor>();
        using (NewDisposeScope())
        {
            // As stored, converted, and gathered from a strided view.
            kept.Add(file.Load("plain.f32", ScalarType.Float32, CPU));
            kept.Add(file.Load("plain.bf16", ScalarType.Float32, CPU));
            kept.Add(file.Load("view.transposed", ScalarType.Float16, CPU));
            kept.Add(random.Load("key", [2, 2], ScalarType.BFloat16, CPU));
        }
        foreach (var tensor in kept)
        {
            Assert.False(tensor.IsInvalid);
            Assert.True(tensor.numel() > 0);
            tensor.Dispose();
        }
    }

    [Fact]
    public void NothingStaysBehind()
    {
        using var file = CheckpointFile.Open(Fixtures.Path("formats", "mixed_zip.ckpt"));
        using var bad = new TemporaryFile(
            CheckpointBytes.Safetensors("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4)
                .Concat(CheckpointBytes.Floats(float.NaN)).ToArray());
        using var diverged = CheckpointFile.Open(bad.Path);
        using var written = new TemporaryFile();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        foreach (var key in file.Keys)
            foreach (var type in (ScalarType[])[ScalarType.Float32, ScalarType.Float16]) file.Load(key, type, CPU).Dispose();
        Assert.Throws<WeightsException>(() => diverged.Load("w", ScalarType.Float16, CPU));
        Safetensors.Write(written.Path, file.Tensors.Values, info => file.Load(info.Name, info.DType, CPU));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void SeveralThreadsCanLoadFromOneFile()
    {
        using var file = CheckpointFile.Open(Fixtures.Path("tiny", "model.ckpt"));
        using var again = CheckpointFile.Open(Fixtures.Path("tiny", "model.safetensors"));
        var different = 0;
        Parallel.ForEach(file.Keys, key =>
        {
            using var one = file.Load(key, ScalarType.Float32, CPU);
            using var other = again.Load(key, ScalarType.Float32, CPU);
            if (!one.bytes.SequenceEqual(other.bytes)) Interlocked.Increment(ref different);
        });
        Assert.Equal(0, different);
    }
}
