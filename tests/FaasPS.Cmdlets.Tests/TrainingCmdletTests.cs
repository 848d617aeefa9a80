using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Training;
using FaasPS.Engine.Weights;

namespace FaasPS.Cmdlets.Tests;

[Collection("The process's models")]
public sealed class TrainingCmdletTests : IDisposable
{
    private readonly ModuleSession module = new();
    private readonly string name = $"m{Guid.NewGuid():N}";
    private readonly string config = ModuleSession.Fixture("training", "model_config.yaml");
    private readonly string list = ModuleSession.Fixture("training", "list.jsonl");
    private readonly string tokenizer = ModuleSession.Fixture("tiny");

    public void Dispose()
    {
        module.Invoke($"Remove-FaasModel {name}*");
        module.Dispose();
    }

    [Fact]
    public void AModelIsMadeTrainedImportedAndTranslatesByEachBandOfItsOwn()
    {
        var made = module.Invoke($"New-FaasModel '{config}' {name} -Band high_pass, mini_pass -Seed 3 -Tokenizer '{tokenizer}'");
        Assert.Empty(made.Errors);
        Assert.Equal(
            ["base.safetensors", "control_high_pass.safetensors", "control_mini_pass.safetensors"],
            made.OutputAs<ModelFile>().Select(file => Path.GetFileName(file.Path)));

        var trained = module.Invoke($"Invoke-FaasTraining Control '{list}' {name} -Band HighPass -Steps 2 -Device cpu -Config '{config}'");
        Assert.Empty(trained.Errors);
        var result = Assert.Single(trained.OutputAs<TrainingResult>());
        Assert.Equal(
            (TrainingStage.Control, ControlBand.HighPass, 2L, module.PathOf(Path.Combine(name, "control_high_pass.safetensors"))),
            (result.Stage, result.Band!.Value, result.Steps, result.Output));
        Assert.Contains(trained.Progress, record => record.StatusDescription.StartsWith("Step 2 of 2, loss", StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, trained.Progress[^1].RecordType);

        var model = Assert.Single(module.Invoke($"Import-FaasModel {name} -Device cpu").OutputAs<FaasModel>());
        Assert.Equal(("high_pass", "mini_pass, high_pass"), (model.Band, string.Join(", ", model.Bands)));
        module.AddPicture("a.png");
        var translated = module.Invoke($"Invoke-FaasTranslate a.png -Band mini_pass -Model {name} -Steps 1");
        Assert.Empty(translated.Errors);
        Assert.Equal("mini_pass", Assert.Single(translated.OutputAs<FaasTranslation>()).Band);
        var missing = Assert.Single(module.Invoke($"Invoke-FaasTranslate a.png -Band low_pass -Model {name} -Steps 1").Errors);
        Assert.StartsWith("FaasModelInvalid", missing.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("mini_pass, high_pass", missing.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatWasStoppedGoesOn()
    {
        var training = $"Invoke-FaasTraining Autoencoder '{list}' out -Config '{config}' -Tokenizer '{tokenizer}' -Device cpu";
        using var delay = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        using var stopping = delay.Token.Register(() => module.Session.Stop());
        Assert.True(module.Invoke($"{training} -Steps 1000000").WasStopped);
        Assert.True(File.Exists(module.PathOf("out/training/autoencoder/checkpoint.safetensors")));
        var rows = File.ReadAllLines(module.PathOf("out/training/autoencoder/losses.csv"));
        var result = Assert.Single(module.Invoke($"{training} -Steps {rows.Length}").OutputAs<TrainingResult>());
        Assert.Equal(rows.Length, result.Steps);
        Assert.Equal(rows, File.ReadAllLines(result.Losses).Take(rows.Length)); // no step was done twice
    }

    [Fact]
    public void WhatIfWritesNothing()
    {
        module.Invoke($"New-FaasModel '{config}' made -WhatIf");
        module.Invoke($"Invoke-FaasTraining Autoencoder '{list}' trained -Config '{config}' -WhatIf");
        module.Invoke($"Convert-FaasCheckpoint '{ModuleSession.Fixture("tiny", "model.ckpt")}' a.safetensors -ToHalf -WhatIf");
        Assert.Empty(Directory.EnumerateFileSystemEntries(module.Folder));
    }

    [Theory]
    [InlineData("Invoke-FaasTraining Autoencoder none out -Config {0}", "FaasFileMissing")]
    [InlineData("Invoke-FaasTraining Autoencoder . out -Config {0}", "FaasTrainingDataInvalid")]
    [InlineData("Invoke-FaasTraining Autoencoder {1} out", "FaasModelInvalid")]
    [InlineData("Invoke-FaasTraining Control {1} out -Config {0}", "FaasOptionInvalid")]
    [InlineData("New-FaasModel {1} out", "FaasConfigInvalid")]
    [InlineData("Convert-FaasCheckpoint none.ckpt -ToHalf", "FaasFileMissing")]
    [InlineData("Convert-FaasCheckpoint {0} a.safetensors", "FaasConversionMissing")]
    [InlineData("Convert-FaasCheckpoint {0} a.safetensors -ToHalf", "FaasWeightsInvalid")]
    public void WhatCannotBeDoneIsOneErrorWithItsId(string command, string id)
    {
        var line = command.Replace("{0}", $"'{config}'", StringComparison.Ordinal).Replace("{1}", $"'{list}'", StringComparison.Ordinal);
        var error = Assert.Single(module.Invoke(line).Errors);
        Assert.StartsWith(id, error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void ConversionsAreNamedAfterTheirSourceAndLeaveWhatExistsWhenAsked()
    {
        File.Copy(ModuleSession.Fixture("tiny", "model.ckpt"), module.PathOf("a.ckpt"));
        var file = Assert.Single(module.Invoke("Get-ChildItem a.ckpt | Convert-FaasCheckpoint -ToHalf").OutputAs<ModelFile>());
        Assert.Equal((module.PathOf("a_half.safetensors"), "Float16"), (file.Path, file.Type));
        var error = Assert.Single(module.Invoke("Convert-FaasCheckpoint a.ckpt -ToHalf -NoClobber").Errors);
        Assert.StartsWith("FaasOutputExists", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(module.Invoke("Convert-FaasCheckpoint a.ckpt -ToSafetensors").Errors);
        Assert.True(File.Exists(module.PathOf("a.safetensors")));
    }
}
