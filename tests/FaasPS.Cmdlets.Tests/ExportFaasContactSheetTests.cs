using FaasPS.Engine.Imaging;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class ExportFaasContactSheetTests : IDisposable
{
    private readonly ModuleSession module = new();

    public void Dispose() => module.Dispose();

    [Fact]
    public void EachSourceIsARowWithItsTranslations()
    {
        module.AddPicture("a.png");
        module.AddPicture("b.png");
        var result = module.Invoke(
            "Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 -Count 2 -Seed 1 | Export-FaasContactSheet sheet.png -CellSize 64");

        Assert.Empty(result.Errors);
        Assert.Equal(module.PathOf("sheet.png"), Assert.Single(result.OutputAs<FileInfo>()).FullName);
        var sheet = ImageReader.Read(module.PathOf("sheet.png"));
        Assert.Equal(12 + (3 * (64 + 12)), sheet.Width);
        Assert.True(sheet.Height > 2 * 64);
    }

    [Fact]
    public void APictureThatIsGoneIsOneErrorAndTheSheetHasTheOthers()
    {
        module.AddPicture("a.png");
        module.AddPicture("b.png");
        var translated = module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1").Output;
        GetRowsCommand.Rows = [.. translated.Select(item => System.Management.Automation.PSObject.AsPSObject(item!))];
        File.Delete(module.PathOf("b.png"));
        module.Session.AddCommand(typeof(GetRowsCommand));
        var result = module.Invoke("Get-Rows | Export-FaasContactSheet sheet.png -CellSize 64");
        Assert.Equal(module.PathOf("b.png"), Assert.Single(result.Errors).TargetObject);
        Assert.Single(result.OutputAs<FileInfo>());
        Assert.True(ImageReader.Read(module.PathOf("sheet.png")).Height > 2 * 64);
    }

    [Fact]
    public void WhatIfWritesNothing()
    {
        module.AddPicture("a.png");
        module.Invoke("Get-ChildItem *.png | Invoke-FaasTranslate -Steps 1 | Export-FaasContactSheet sheet.png -WhatIf");
        Assert.False(File.Exists(module.PathOf("sheet.png")));
    }
}
