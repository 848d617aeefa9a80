using FaasPS.Engine.Imaging;
using FaasPS.Engine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Training;

public sealed class TrainingDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainingDataTests() => NativeRuntime.Load();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AListGivesPicturesPromptsAndSources()
    {
        using var data = TrainingData.Load(SmallRun.List, 16);
        Assert.Equal(6, data.Samples.Count);
        Assert.Equal([6, 16, 16, 3], data.Pictures.shape);
        Assert.Equal(new TrainingSample(4, 1, "a blue square on a red background"), data.Samples[4]);
        Assert.Equal(new TrainingSample(0, 0, "a green square on a red background"), data.Samples[0]);
    }

    [Fact]
    public void AFolderGivesPicturesWithTheTextsBesideThem()
    {
        Copy("b.png", "deeper/a.png");
        File.WriteAllText(folder.Of("b.txt"), " a disc \n");
        using var data = TrainingData.Load(folder.Path, 16);
        Assert.Equal([new TrainingSample(0, 0, "a disc"), new TrainingSample(1, 1, null)], data.Samples);
    }

    [Fact]
    public void PicturesBecomeTheModelsInputOfTheSizeAskedFor()
    {
        using var scope = NewDisposeScope();
        using var data = TrainingData.Load(SmallRun.List, 8);
        var picture = AreaResize.Resize(ImageReader.Read(Fixtures.Path("training", "pictures", "1.png")), 8, 8);
        var expected = ImageTensor.FromImage(picture);
        Assert.True(data.Floats(tensor(new[] { 1L }), CPU).allclose(expected, atol: 1e-6));
    }

    [Theory]
    [InlineData("{\"prompt\": \"a\"}", "Line 2")]
    [InlineData("pictures/1.png", "Line 2")]
    public void ABadLineIsNamed(string line, string named)
    {
        Copy("a.png");
        File.WriteAllText(folder.Of("list.jsonl"), $"{{\"image\": \"a.png\"}}\n{line}\n");
        var error = Assert.Throws<TrainingDataException>(() => TrainingData.Load(folder.Of("list.jsonl"), 16));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoPicturesABrokenOneAndAMissingOneAreErrors()
    {
        Assert.Throws<TrainingDataException>(() => TrainingData.Load(folder.Path, 16));
        File.WriteAllText(folder.Of("a.png"), "this is no picture");
        Assert.Contains("a.png", Assert.Throws<ImageException>(() => TrainingData.Load(folder.Path, 16)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder.Of("list.jsonl"), "{\"image\": \"b.png\"}\n");
        Assert.Throws<FileNotFoundException>(() => TrainingData.Load(folder.Of("list.jsonl"), 16));
    }

    [Fact]
    public void AMissingCaptionIsNamedWhereOneIsNeeded()
    {
        Copy("a.png", "b.png", "c.png");
        File.WriteAllText(folder.Of("a.txt"), "a disc");
        var error = Assert.Throws<TrainingDataException>(() => TrainingData.Load(folder.Path, 16, captioned: true));
        Assert.Contains($"'{folder.Of("b.png")}' has no caption; pictures without one: 2.", error.Message, StringComparison.Ordinal);
    }

    private void Copy(params string[] names)
    {
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.Of(name))!);
            File.Copy(Fixtures.Path("training", "pictures", "1.png"), folder.Of(name));
        }
    }
}
