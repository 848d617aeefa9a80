using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using FaasPS.Engine;
using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Benchmarks.Speed;

/// <summary>What lies around the networks: transforms, pictures, checkpoints. Run from the repository's folder, whose samples it takes.</summary>
[MemoryDiagnoser]
public class SmallPieces
{
    private readonly RgbImage picture = ImageReader.Read("samples/astronaut.jpg");
    private readonly Tensor latents;

    public SmallPieces()
    {
        NativeRuntime.Load();
        using var generator = new Generator(7, CPU);
        latents = randn([1, 4, 64, 64], float32, generator: generator);
    }

    // In this process: the machine's libtorch is found from here, and nothing has to be built or restored.
    public static void Run() => BenchmarkRunner.Run<SmallPieces>(
        DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance)));

    [Benchmark]
    public void DctOfLatents()
    {
        using var scope = NewDisposeScope();
        Dct.Forward(latents);
    }

    [Benchmark]
    public void BandOfLatents()
    {
        using var scope = NewDisposeScope();
        BandFilter.Apply(latents, ControlBand.MiniPass, seed: 1);
    }

    [Benchmark]
    public RgbImage DecodeJpeg() => ImageReader.Read("samples/astronaut.jpg");

    [Benchmark]
    public RgbImage ResizeTo256() => AreaResize.Resize(picture, 256, 256);

    [Benchmark]
    public byte[] EncodeJpeg() => ImageWriter.ToJpeg(picture);

    [Benchmark]
    public void UnpickleZip() => CheckpointFile.Open("tests/fixtures/tiny/model.ckpt").Dispose();

    [Benchmark]
    public void UnpickleLegacy() => CheckpointFile.Open("tests/fixtures/tiny/model_legacy.ckpt").Dispose();
}
