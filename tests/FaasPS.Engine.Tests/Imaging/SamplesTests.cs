using FaasPS.Engine.Imaging;

namespace FaasPS.Engine.Tests.Imaging;

public class SamplesTests
{
    public static TheoryData<string> Pictures() =>
        new(Directory.GetFiles(Path.Combine(Fixtures.Root, "samples"))
            .Where(f => Path.GetExtension(f) is ".png" or ".jpg").Select(f => Path.GetFileName(f)));

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Each_can_be_read_has_a_prompt_and_names_its_licence(string name)
    {
        string path = Path.Combine(Fixtures.Root, "samples", name);
        var image = ImageReader.Read(path);
        Assert.Equal((64, 64), (image.Width, image.Height)); // the demo model's size
        Assert.InRange(new FileInfo(path).Length, 1, 20_000);
        Assert.NotEmpty(File.ReadAllText(Path.ChangeExtension(path, ".txt")).Trim());
        string licences = File.ReadAllText(Path.Combine(Fixtures.Root, "samples", "README.md"));
        Assert.Contains(FormattableString.Invariant($"{name}, {image.Width} x {image.Height}"), licences, StringComparison.Ordinal);
    }
}
