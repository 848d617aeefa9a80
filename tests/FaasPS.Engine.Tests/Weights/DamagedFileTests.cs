using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Tests.Weights;

/// <summary>
/// Sound files cut short or with bytes flipped: they load, or they are refused with a WeightsException; nothing else comes out.
/// </summary>
public sealed class DamagedFileTests
{
    public static TheoryData<string> Formats() =>
        new(Directory.GetFiles(Fixtures.Path("formats")).Select(Path.GetFileName)
            .Where(name => Path.GetExtension(name) is ".ckpt" or ".pth" or ".safetensors")!);

    [Theory]
    [MemberData(nameof(Formats))]
    public void ATruncatedFileIsRefusedWhereverItEnds(string name)
    {
        var whole = File.ReadAllBytes(Fixtures.Path("formats", name));
        for (var sixteenth = 0; sixteenth < 16; sixteenth++) CheckpointBytes.AssertRefused(whole[..(whole.Length * sixteenth / 16)]);
        CheckpointBytes.AssertRefused(whole[..^1]);
        CheckpointBytes.LoadAll(whole);
    }

    [Theory]
    [InlineData("model.ckpt")]
    [InlineData("model_legacy.ckpt")]
    [InlineData("model.safetensors")]
    public void ATruncatedModelIsRefusedWhereverItEnds(string name)
    {
        var whole = File.ReadAllBytes(Fixtures.Path("tiny", name));
        for (var sixteenth = 0; sixteenth < 16; sixteenth++)
        {
            using var file = new TemporaryFile(whole[..(whole.Length * sixteenth / 16)]);
            Assert.Throws<WeightsException>(() => CheckpointFile.Open(file.Path));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void FlippedBytesNeverCauseAnotherException(string name)
    {
        const int cases = 400;
        const int seed = 20240703;
        var whole = File.ReadAllBytes(Fixtures.Path("formats", name));
        var random = new Random(seed);
        var refused = 0;
        for (var i = 0; i < cases; i++)
        {
            var damaged = whole.ToArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                CheckpointBytes.LoadAll(damaged);
            }
            catch (WeightsException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, cases / 10, cases);
    }
}
