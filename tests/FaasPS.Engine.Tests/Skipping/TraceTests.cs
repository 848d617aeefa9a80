using System.Diagnostics;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Parity;

namespace FaasPS.Engine.Tests.Skipping;

public sealed class TraceTests
{
    /// <summary>On the small model, whose steps are hundreds of times shorter than a real one's.</summary>
    [Fact]
    public void RecordingTakesLessThanAHundredthOfTheRun()
    {
        var pipeline = new TranslationPipeline(TinyModel.Get(), TinyModel.Tokenizer());
        var input = new TranslationInput(ImageReader.Read(Fixtures.Path("tiny", "image0.png")), "a cat", 1);
        var options = new TranslationOptions { Steps = 10 };
        pipeline.Run([input], options with { Steps = 1 });
        var run = pipeline.Run([input], options)[0];

        var macs = new MacCount(TinyModel.Get(), 16, 16, batch: 2);
        var units = TinyModel.Get().Units.ToArray();
        var nothingSkipped = new StaticTreatments(TinyPolicy.Uniform(Verdict.AlwaysRun), units);
        TimeSpan Record()
        {
            var clock = Stopwatch.StartNew();
            var trace = new TraceRecorder(nothingSkipped, [.. Enumerable.Range(0, options.Steps)], macs.FixedOf, macs.Residual);
            for (var step = 0; step < options.Steps; step++)
                foreach (var unit in units) trace.Decide(unit, step);
            Assert.Equal(run.Trace.Count, trace.Rows.Count);
            return clock.Elapsed;
        }

        var least = Enumerable.Range(0, 20).Min(_ => Record()); // the others are interrupted, and the first is compiled
        Assert.InRange(least / run.Duration, 0, 0.01);
    }
}
