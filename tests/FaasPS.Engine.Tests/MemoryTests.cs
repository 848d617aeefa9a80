using System.Diagnostics;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Routing;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;
using FaasPS.Engine.Text;
using TorchSharp;

namespace FaasPS.Engine.Tests;

/// <summary>Alone in its collection: it counts the process's tensors and memory.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class MemoryTests
{
    [Fact]
    public void AThousandStepsLeaveTensorsAndMemoryWhereTheyWere()
    {
        var pipeline = new TranslationPipeline(TinyModel.Get(), TinyModel.Tokenizer());
        var picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
        void Run(int steps) => pipeline.Run([new(picture, "a cat", 1)], new TranslationOptions { Steps = steps });

        Run(50); // allocators and caches reach their working size
        FinishFinalizers();
        var (tensors, memory) = (torch.Tensor.TotalCount, WorkingSet());
        Run(1000);
        Assert.Equal(tensors, torch.Tensor.TotalCount);
        // A leak of one [2, 32, 16, 16] tensor a step would be 64 MB.
        Assert.True(WorkingSet() - memory < 24_000_000, $"{(WorkingSet() - memory) / 1e6:f1} MB more after 1,000 steps");
    }

    public static TheoryData<TranslationOptions> Ways
    {
        get
        {
            var adaptive = new TranslationOptions
            {
                Steps = 100, Mode = TranslationMode.Adaptive, Policy = TinyPolicy.Uniform(Verdict.DynamicDecision), Tolerance = 0.05,
            };
            var cached = adaptive with { DeepCache = new DeepCacheOptions { Interval = 3, Branch = 1 } };
            return [new() { Steps = 100 }, adaptive, cached, cached with { MinFidelity = 30 }];
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void ARunThatReusesLeavesNoTensors(TranslationOptions options)
    {
        var pipeline = new TranslationPipeline(TinyModel.Get(), TinyModel.Tokenizer());
        var picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
        FinishFinalizers();
        var before = torch.Tensor.TotalCount;
        pipeline.Run([new(picture, "a cat", 1)], options with { Steps = 12 });
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void ACancelledRunLeavesNoTensors(TranslationOptions options)
    {
        var pipeline = new TranslationPipeline(TinyModel.Get(), TinyModel.Tokenizer());
        var picture = ImageReader.Read(Fixtures.Path("tiny", "image0.png"));
        using var source = new CancellationTokenSource();
        FinishFinalizers();
        var before = torch.Tensor.TotalCount;
        Assert.Throws<OperationCanceledException>(() => pipeline.Run(
            [new(picture, "a cat", 1)], options, new CancelAt(source, 5), source.Token));
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    [Fact]
    public void TrainingARouterLeavesItsSixWeights()
    {
        var encoder = new PromptEncoder(TinyModel.Get(), TinyModel.Tokenizer());
        LabelledPrompt[] labels = [new("a cat", 0.1), new("a dog", 0.5), new("a castle", 0.9)];
        FinishFinalizers();
        var before = torch.Tensor.TotalCount;
        using (RouterTrainer.Train(labels, encoder, new RouterTrainingOptions { Epochs = 3, BatchSize = 1 }))
            Assert.Equal(before + 6, torch.Tensor.TotalCount);
        Assert.Equal(before, torch.Tensor.TotalCount);
    }

    /// <summary>Tensors that other tests dropped without disposing them must not go while this one counts.</summary>
    private static void FinishFinalizers()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private sealed class CancelAt(CancellationTokenSource source, int step) : IProgress<TranslationProgress>
    {
        public void Report(TranslationProgress value)
        {
            if (value.Step == step) source.Cancel();
        }
    }
}
