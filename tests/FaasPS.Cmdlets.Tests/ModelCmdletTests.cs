using System.Management.Automation;
using FaasPS.Engine.Models;
using FaasPS.Engine.Weights;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class ModelCmdletTests : IDisposable
{
    private readonly ModuleSession module = new();
    private readonly string name = $"m{Guid.NewGuid():N}"; // the catalog is the process's

    public void Dispose()
    {
        module.Invoke($"Remove-FaasModel {name}*");
        module.Dispose();
    }

    [Theory]
    [InlineData("model.ckpt")]
    [InlineData("model_legacy.ckpt")]
    [InlineData("model_half.ckpt")]
    [InlineData("model.safetensors")]
    public void AModelIsImportedFromEachForm(string form)
    {
        var path = ModuleSession.Fixture("tiny", form);
        var model = Assert.Single(module.Invoke($"Import-FaasModel '{path}' -Name {name} -Device cpu").OutputAs<FaasModel>());
        Assert.Equal(
            (name, path, "low_pass", "cpu", ComputeType.Float32, 128),
            (model.Name, model.Path, model.Band, model.Device, model.DType, model.ImageSize));
        Assert.True(model.Parameters > 2_000_000);
        Assert.Same(model, Assert.Single(module.Invoke($"Get-FaasModel {name}").OutputAs<FaasModel>()));
    }

    [Fact]
    public void AFoldersNameIsKeptAsItIs()
    {
        var folder = Directory.CreateDirectory(module.PathOf($"{name}-2.1")).FullName;
        foreach (var file in new[] { "model.safetensors", "model_config.yaml" })
            File.Copy(ModuleSession.Fixture("tiny", file), Path.Combine(folder, file));
        Assert.Equal($"{name}-2.1", Assert.Single(module.Invoke($"Import-FaasModel {name}-2.1/").OutputAs<FaasModel>()).Name);
        Assert.Equal(
            $"{name}-2.1_half.safetensors",
            Path.GetFileName(Assert.Single(module.Invoke($"Convert-FaasCheckpoint {name}-2.1 -ToHalf").OutputAs<ModelFile>()).Path));
    }

    [Fact]
    public void AVocabularyThatIsPutThereLaterIsFound()
    {
        var folder = Directory.CreateDirectory(module.PathOf("own")).FullName;
        foreach (var file in new[] { "model.safetensors", "model_config.yaml" })
            File.Copy(ModuleSession.Fixture("tiny", file), Path.Combine(folder, file));
        module.AddPicture("a.png", "a cat");
        module.Invoke($"Import-FaasModel own -Name {name} -Tokenizer own");
        var translate = $"Invoke-FaasTranslate a.png -Model {name} -Steps 1";
        Assert.StartsWith(
            "FaasTokenizerMissing", Assert.Single(module.Invoke(translate).Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        File.Copy(ModuleSession.Fixture("tiny", "tokenizer", "merges.txt"), Path.Combine(folder, "merges.txt"));
        Assert.Single(module.Invoke(translate).OutputAs<FaasTranslation>());
    }

    [Fact]
    public void ARemovedModelIsGone()
    {
        Import();
        Assert.Empty(module.Invoke($"Remove-FaasModel {name}").Errors);
        Assert.StartsWith(
            "FaasModelMissing", Assert.Single(module.Invoke($"Get-FaasModel {name}").Errors).FullyQualifiedErrorId,
            StringComparison.Ordinal);
        Assert.Empty(module.Invoke($"Get-FaasModel {name}*").Errors);
    }

    [Fact]
    public void AModelInUseIsFreedOnlyWhenItsLastUserEnds()
    {
        var model = Assert.Single(Import().OutputAs<FaasModel>());
        using (model.Use())
        {
            module.Invoke($"Get-FaasModel {name} | Remove-FaasModel");
            using (model.Use())
            {
            }
        }
        Assert.Throws<ModelException>(() => model.Use());
    }

    [Fact]
    public void ARunKeepsItsModelWhenThatIsRemovedMeanwhile()
    {
        module.Invoke($"Import-FaasModel '{Path.Combine(ModuleSession.Repository, "models", "demo")}' -Name {name}");
        module.AddPicture("a.png");
        using var other = new ModuleSession();
        module.Session.ObjectWritten = _ => other.Invoke($"Remove-FaasModel {name}*");
        var result = module.Invoke($"Invoke-FaasTranslate a.png -Model {name} -Steps 1 -Count 3");
        Assert.Empty(result.Errors);
        Assert.Equal(3, result.Output.Count);
    }

    [Fact]
    public void WhatIfRemovesNothing()
    {
        Import();
        module.Invoke($"Remove-FaasModel {name} -WhatIf");
        Assert.Single(module.Invoke($"Get-FaasModel {name}").Output);
    }

    [Fact]
    public void AModelIsTakenByNameAndComputesInBFloat16()
    {
        module.Invoke(
            $"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.safetensors")}' -Name {name} -DType bf16 "
            + $"-Tokenizer '{ModuleSession.Fixture("tiny")}'");
        module.AddPicture("a.png");
        var result = module.Invoke($"Invoke-FaasTranslate a.png -Model {name} -Steps 2");
        Assert.Empty(result.Errors);
        Assert.Equal(name, Assert.Single(result.OutputAs<FaasTranslation>()).Model);
    }

    [Fact]
    public void TheDefaultTypeIsToldWithItsReasonAndDTypeOverridesIt()
    {
        var model = ModuleSession.Fixture("tiny", "model.safetensors");
        var chosen = module.Invoke($"Import-FaasModel '{model}' -Name {name} -Device cpu -Verbose");
        Assert.Equal(ComputeType.Float32, Assert.Single(chosen.OutputAs<FaasModel>()).DType); // whatever the processor has: it is narrow
        Assert.Contains(chosen.Verbose, line => line.Message.StartsWith("Computing in Float32: ", StringComparison.Ordinal));
        var given = module.Invoke($"Import-FaasModel '{model}' -Name {name} -Device cpu -DType bf16 -Verbose");
        Assert.Equal(ComputeType.BFloat16, Assert.Single(given.OutputAs<FaasModel>()).DType);
        Assert.DoesNotContain(given.Verbose, line => line.Message.StartsWith("Computing in", StringComparison.Ordinal));
    }

    [Fact]
    public void AnUnknownModelNameFailsAtBinding()
    {
        var error = Assert.Single(module.Invoke("Invoke-FaasTranslate a.png -Model nobody").Errors);
        Assert.Contains("nobody", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.ckpt", "FaasFileMissing")]
    [InlineData("text.ckpt", "FaasWeightsInvalid")]
    [InlineData("folder", "FaasModelInvalid")]
    public void ACheckpointThatIsNoneIsOneErrorWithItsId(string file, string id)
    {
        File.WriteAllText(module.PathOf("text.ckpt"), "this is no checkpoint");
        File.Copy(ModuleSession.Fixture("tiny", "model_config.yaml"), module.PathOf("model_config.yaml"));
        Directory.CreateDirectory(module.PathOf("folder"));
        var error = Assert.Single(module.Invoke($"Import-FaasModel {file} -Name {name}").Errors);
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(file, error.TargetObject);
    }

    [Fact]
    public void AModelsOwnGuidanceHoldsUnlessAnotherIsAskedFor()
    {
        var config = File.ReadAllText(ModuleSession.Fixture("tiny", "model_config.yaml"));
        File.WriteAllText(module.PathOf("own.yaml"), $"{config}\nsampling:\n  guidance_scale: 3.5\n  high_pass:\n    guidance_scale: 1\n");
        module.AddPicture("a.png", "a cat");
        module.Invoke($"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.ckpt")}' -Config own.yaml -Name {name}");
        double Guidance(string options) => Assert.Single(
            module.Invoke($"Invoke-FaasTranslate a.png -Model {name} -Steps 1 {options}").OutputAs<FaasTranslation>()).GuidanceScale;
        Assert.Equal((3.5, 2.0), (Guidance("-OutputDirectory own"), Guidance("-OutputDirectory asked -GuidanceScale 2")));
        Assert.Equal(1, Guidance("-OutputDirectory band -Band high_pass"));
    }

    [Fact]
    public void AConfigurationThatContradictsTheWeightsIsNamed()
    {
        var config = File.ReadAllText(ModuleSession.Fixture("tiny", "model_config.yaml"))
            .Replace("model_channels: 32", "model_channels: 64", StringComparison.Ordinal);
        File.WriteAllText(module.PathOf("other.yaml"), config);
        var error = Assert.Single(
            module.Invoke($"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.ckpt")}' -Config other.yaml -Name {name}").Errors);
        Assert.StartsWith("FaasWeightsInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("model.diffusion_model.time_embed.0.weight", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Device cuda:99", "auto, cpu")]
    [InlineData("-Device cpu -DType fp16", "Float32, BFloat16")]
    public void ADeviceOrTypeThatIsNotThereListsWhatIs(string options, string listed)
    {
        var error = Assert.Single(
            module.Invoke($"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.ckpt")}' {options} -Name {name}").Errors);
        Assert.StartsWith("FaasOptionInvalid", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(listed, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCpuIsADevice()
    {
        var devices = module.Invoke("Get-FaasDevice").OutputAs<ComputeDevice>().ToArray();
        Assert.Equal("cpu", devices[0].Name);
        Assert.Contains(ComputeType.BFloat16, devices[0].Types);
        Assert.True(devices[0].MemoryBytes > 0);
    }

    private FaasPS.Host.HostResult Import() =>
        module.Invoke($"Import-FaasModel '{ModuleSession.Fixture("tiny", "model.safetensors")}' -Name {name}");
}
