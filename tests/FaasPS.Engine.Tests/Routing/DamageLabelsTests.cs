using FaasPS.Engine.Routing;

namespace FaasPS.Engine.Tests.Routing;

public sealed class DamageLabelsTests
{
    [Fact]
    public void PromptsAreRankedByTheirMeanDamage()
    {
        var labels = DamageLabels.Rank([("castle", 0.3), ("cat", 0.1), ("castle", 0.1), ("", 0.15)]);
        Assert.Equal([new LabelledPrompt("castle", 1), new LabelledPrompt("cat", 0), new LabelledPrompt("", 0.5)], labels);
    }

    [Theory]
    [InlineData(new[] { 3.0, 3, 3 }, new[] { 0.5, 0.5, 0.5 })]
    [InlineData(new[] { 1.0, 1, 2, 2, 2 }, new[] { 0.125, 0.125, 0.75, 0.75, 0.75 })]
    [InlineData(new[] { 7.0 }, new[] { 0.5 })]
    [InlineData(new double[0], new double[0])]
    public void TiesShareTheirRank(double[] damages, double[] labels) =>
        Assert.Equal(labels, DamageLabels.Rank(damages.Select((damage, i) => ($"{i}", damage))).Select(label => label.Complexity));
}
