using System.Text;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Tests.Weights;

namespace FaasPS.Engine.Tests.Calibration;

public sealed class ScoreFileTests
{
    private const string One = """
        [{"Model": "demo", "Network": "Diffusion", "Layer": "middle_block.1", "Band": "high_pass", "Kind": "Ablation", "Score": 0.5,
          "StdDev": 0.25, "NormalizedScore": null, "Samples": 4, "Macs": 12, "MacsShare": 0.1, "Other": 1}]
        """;

    [Fact]
    public void ScoresComeBackAsTheyAreWritten()
    {
        var expected = new LayerScore(
            "demo", Network.Diffusion, "middle_block.1", ControlBand.HighPass, ScoreKind.Ablation, 0.5, 0.25, null, 4, 12, 0.1);
        Assert.Equal([expected], Read(One));
        // ConvertTo-Json writes enumerations as numbers unless told otherwise.
        var numbers = One.Replace("\"Diffusion\"", "1", StringComparison.Ordinal).Replace("\"Ablation\"", "1", StringComparison.Ordinal);
        Assert.Equal([expected], Read(numbers));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("{}", "JSON")]
    [InlineData("[null]", "lacks a Layer")]
    [InlineData("""[{"Band": "low_pass"}]""", "lacks a Layer")]
    [InlineData("""[{"Layer": "a", "Network": 2}]""", "lacks a Layer, Network")]
    [InlineData("""[{"Layer": "a", "Band": "lowest"}]""", "mini_pass, low_pass")]
    [InlineData("""[{"Layer": "a", "Band": "low_pass", "Kind": "Guess"}]""", "$[0].Kind")]
    [InlineData("""[{"Layer": "a", "Band": "low_pass", "Score": "NaN"}]""", "$[0].Score")]
    public void WhatHoldsNoScoresIsToldWithItsPlace(string content, string told)
    {
        var message = Assert.Throws<PolicyException>(() => Read(content)).Message;
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.Contains("faasps-", message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<LayerScore> Read(string content)
    {
        using var file = new TemporaryFile(Encoding.UTF8.GetBytes(content));
        return ScoreFile.Read(file.Path);
    }
}
