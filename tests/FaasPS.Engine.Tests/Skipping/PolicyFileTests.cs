using System.Text;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Weights;

namespace FaasPS.Engine.Tests.Skipping;

public sealed class PolicyFileTests
{
    private const string Small = """{"control_model": {"input_blocks.1.0": "ALWAYS_SKIP"}, "diffusion_model": {}}""";

    public static TheoryData<string> Recorded =>
        [.. Directory.EnumerateFiles(Fixtures.Path("tiny"), "policy_*.json").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Recorded))]
    public void TheReferencesFilesComeBackByteForByte(string file)
    {
        using var copy = new TemporaryFile();
        var policy = PolicyFile.Read(Fixtures.Path("tiny", file));
        PolicyFile.Write(policy, copy.Path);
        Assert.Equal(File.ReadAllBytes(Fixtures.Path("tiny", file)), File.ReadAllBytes(copy.Path));
        Assert.Equal(Path.GetFileNameWithoutExtension(file), policy.Name);
        Assert.Equal((10, 10), (policy.ControlModel.Count, policy.DiffusionModel.Count));
    }

    [Fact]
    public void AllEightOfTheReferencesFilesAreThere() => Assert.Equal(8, Recorded.Count);

    [Fact]
    public void OrderAndVerdictsAreTheFiles()
    {
        var policy = PolicyFile.Read(Fixtures.Path("tiny", "policy_mini_pass.json"));
        Assert.Equal(
            [new("input_blocks.3.0", Verdict.AlwaysSkip), new("input_blocks.1.0", Verdict.DynamicDecision)], policy.DiffusionModel.Take(2));
        Assert.Equal(new("middle_block.2", Verdict.AlwaysRun), policy.DiffusionModel[8]);
    }

    [Fact]
    public void WhatThisProjectKnowsMoreComesBackAsWell()
    {
        using var file = new TemporaryFile();
        var policy = new SkipPolicy(
            "mine", ControlBand.HighPass, "demo", [new("middle_block.1", Verdict.DynamicDecision)],
            [new("output_blocks.2.1", Verdict.AlwaysSkip), new("input_blocks.1.0", Verdict.AlwaysRun)])
        {
            Origin = "it's <made> by hand, čeština",
            Tolerance = 0.015,
            UnitTolerances = new Dictionary<string, double>(StringComparer.Ordinal) { ["control_model.middle_block.1"] = 2.5 },
            Fidelity = [new(0, 0.1, 41.5), new(0.01, 0.3, 35)],
        };
        PolicyFile.Write(policy, file.Path);
        var read = PolicyFile.Read(file.Path);
        Assert.Equal(
            (policy.Name, policy.Band, policy.Model, policy.Origin), (read.Name, read.Band, read.Model, read.Origin));
        Assert.Equal(policy.ControlModel, read.ControlModel);
        Assert.Equal(policy.DiffusionModel, read.DiffusionModel);
        Assert.Equal(policy.Tolerance, read.Tolerance);
        Assert.Equal(policy.UnitTolerances, read.UnitTolerances);
        Assert.Equal(policy.Fidelity, read.Fidelity);
        Assert.Contains("it's <made> by hand, čeština", File.ReadAllText(file.Path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void OtherKeysAndAByteOrderMarkDoNoHarm(string mark)
    {
        var more = """{"comment": [1, {"a": 2}], "faas": {"else": 1}, """;
        var policy = Read(mark + more + Small[1..]);
        Assert.Equal([new("input_blocks.1.0", Verdict.AlwaysSkip)], policy.ControlModel);
        Assert.Equal((null, null, null), (policy.Band, policy.Model, policy.Origin));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{\n  \"control_model\": {,\n", "line 2, byte 21")]
    [InlineData("[]", "the file is '[]'")]
    [InlineData("{}", "no 'control_model'")]
    [InlineData("""{"control_model": {}}""", "no 'diffusion_model'")]
    [InlineData("""{"control_model": [], "diffusion_model": {}}""", "control_model is '[]'")]
    [InlineData("""{"control_model": {}, "control_model": {}, "diffusion_model": {}}""", "the file has 'control_model' twice")]
    [InlineData("""{"control_model": {}, "diffusion_model": {"a": "ALWAYS_RUN", "a": "ALWAYS_RUN"}}""", "diffusion_model has 'a' twice")]
    [InlineData("""{"control_model": {"a": "SKIP"}, "diffusion_model": {}}""", "control_model, 'a' has the verdict 'SKIP'")]
    [InlineData("""{"control_model": {"a": "always_skip"}, "diffusion_model": {}}""", "ALWAYS_RUN, ALWAYS_SKIP, DYNAMIC_DECISION")]
    [InlineData("""{"control_model": {"a": 1}, "diffusion_model": {}}""", "control_model, 'a' has the verdict '1'")]
    [InlineData("""{"control_model": {"\u001b[31m": "ALWAYS_RUN"}, "diffusion_model": {}}""", "control_model has the name '?[31m'")]
    [InlineData("""{"control_model": {"\ud800": "ALWAYS_RUN"}, "diffusion_model": {}}""", "not valid Unicode")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": 1}""", "faas is '1'")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": {"band": "higher"}}""", "'higher'. Valid: mini_pass")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": {"model": 3}}""", "faas, 'model' is '3'")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": {"tolerance": 2}}""", "faas, 'tolerance' is '2'")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": {"unit_tolerances": {"a": -1}}}""", "unit_tolerances, 'a' is '-1'")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": {"unit_tolerances": {"a": null}}}""", "'a' is null")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": {"fidelity": {}}}""", "'fidelity' is not a list")]
    [InlineData("""{"control_model": {}, "diffusion_model": {}, "faas": {"fidelity": [{"psnr": 3}]}}""", "a point without 'tolerance'")]
    public void AFaultIsToldWithItsFileAndPlace(string content, string told)
    {
        var message = Assert.Throws<PolicyException>(() => Read(content)).Message;
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.Contains("faasps-", message, StringComparison.Ordinal);
    }

    [Fact]
    public void DepthAndSizeAreBounded()
    {
        Assert.Throws<PolicyException>(() => Read(new string('[', 100_000)));
        var large = Assert.Throws<PolicyException>(() => Read(Small + new string(' ', 1 << 20)));
        Assert.Contains("bytes", large.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileDamagedAnywhereIsAPolicyOrAPolicyException()
    {
        var random = new Random(1);
        var whole = File.ReadAllBytes(Fixtures.Path("tiny", "policy_low_pass.json"));
        for (var i = 0; i < 2000; i++)
        {
            var damaged = (byte[])whole.Clone();
            for (var n = random.Next(1, 4); n > 0; n--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            using var file = new TemporaryFile(damaged[..random.Next(1, damaged.Length + 1)]);
            if (Record.Exception(() => PolicyFile.Read(file.Path)) is { } exception) Assert.IsType<PolicyException>(exception);
        }
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory("faasps-");
        try
        {
            var target = Path.Combine(folder.FullName, "taken");
            Directory.CreateDirectory(target); // a folder cannot be replaced by a file
            var policy = new SkipPolicy("p", null, null, [], []);
            Assert.ThrowsAny<Exception>(() => PolicyFile.Write(policy, target));
            Assert.Equal([target], Directory.EnumerateFileSystemEntries(folder.FullName));
            Assert.Throws<DirectoryNotFoundException>(() => PolicyFile.Write(policy, Path.Combine(folder.FullName, "none", "p.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => PolicyFile.Read("nowhere.json"));
        Assert.Contains("nowhere.json", missing.Message, StringComparison.Ordinal);
    }

    private static SkipPolicy Read(string content)
    {
        using var file = new TemporaryFile(Encoding.UTF8.GetBytes(content));
        return PolicyFile.Read(file.Path);
    }
}
