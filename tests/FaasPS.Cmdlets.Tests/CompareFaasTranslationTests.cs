using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class CompareFaasTranslationTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose() => module.Dispose();

    [Fact]
    public void ResultsFromThePipelineAreComparedWithAReference()
    {
        module.AddPicture("a.png");
        module.AddPicture("b.png", from: "image1.png");
        var result = module.Invoke("Invoke-FaasTranslate a.png, b.png -Steps 1 -Seed 3 -Width 128 -Height 128 | Compare-FaasTranslation -Reference a.png");
        Assert.Empty(result.Errors);
        var compared = result.OutputAs<FaasFidelity>().ToArray();
        Assert.Equal(["full_full_a.png", "full_full_b.png"], compared.Select(fidelity => fidelity.Name));
        Assert.All(compared, fidelity => Assert.Equal(module.PathOf("a.png"), fidelity.ReferencePath));
        Assert.All(compared, fidelity => Assert.InRange(fidelity.Psnr, 1, 60));
        Assert.All(compared, fidelity => Assert.InRange(fidelity.LatentCosine!.Value, -1, 1));
    }

    [Fact]
    public void APictureIsEqualToItself()
    {
        var path = module.AddPicture("a[1].png");
        var fidelity = Assert.Single(
            module.Invoke("Get-ChildItem *.png | Compare-FaasTranslation -Reference 'a[1].png'").OutputAs<FaasFidelity>());
        Assert.Equal((path, path, double.PositiveInfinity, 1.0), (fidelity.Path, fidelity.ReferencePath, fidelity.Psnr, fidelity.Ssim));
        Assert.Equal(1, fidelity.LatentCosine!.Value, 1e-6);
        Assert.Equal(1, fidelity.HighPassEnergy, 1e-5);
        Assert.Single(module.Invoke("Compare-FaasTranslation 'a[1].png' 'a[1].png'").Output);
    }

    [Fact]
    public void SizesThatDifferAreOneErrorAndTheRestGoesOn()
    {
        module.AddPicture("a.png");
        module.AddPicture("b.png", from: "image1.png");
        ImageWriter.Write(new RgbImage(32, 16, new byte[32 * 16 * 3]), module.PathOf("small.png"));
        var result = module.Invoke("Get-ChildItem *.png | Compare-FaasTranslation -Reference a.png");
        Assert.Equal(["a.png", "b.png"], result.OutputAs<FaasFidelity>().Select(fidelity => fidelity.Name));
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("FaasPictureIncomparable", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(module.PathOf("small.png"), error.TargetObject);
    }

    [Fact]
    public void AReferenceThatIsNotThereEndsTheCommandOnce()
    {
        module.AddPicture("a.png");
        module.AddPicture("b.png");
        var error = Assert.Single(module.Invoke("Get-ChildItem *.png | Compare-FaasTranslation -Reference none.png").Errors);
        Assert.StartsWith("FaasFileMissing", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
