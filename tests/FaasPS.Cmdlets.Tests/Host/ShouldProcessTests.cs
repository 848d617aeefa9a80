using System.Management.Automation;
using FaasPS.Automation;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

public class ShouldProcessTests
{
    [Fact]
    public void WhatIfSaysWhatWouldBeDone()
    {
        HostResult result = Sessions.New().Invoke("'a','b' | Remove-Probe -WhatIf");
        Assert.Empty(result.Output);
        Assert.Equal(
            ["What if: Performing the operation \"Remove\" on target \"a\".",
                "What if: Performing the operation \"Remove\" on target \"b\"."],
            result.Notices);
    }

    [Fact]
    public void WithoutConfirmationItIsVerboseOnly()
    {
        HostResult result = Sessions.New().Invoke("Remove-Probe a -Verbose");
        Assert.Equal(["removed a"], result.OutputAs<string>());
        Assert.Equal("Performing the operation \"Remove\" on target \"a\".", Assert.Single(result.Verbose).Message);
    }

    [Theory]
    [InlineData("Clear-Probe", true)]
    [InlineData("Clear-Probe -Confirm:$false", false)]
    [InlineData("Remove-Probe a -Confirm", true)]
    [InlineData("Remove-Probe a", false)]
    public void ConfirmationIsAnErrorWhenNobodyCanBeAsked(string text, bool refused)
    {
        HostResult result = Sessions.New().Invoke(text);
        Assert.Equal(refused ? 1 : 0, result.Errors.Count);
        Assert.Equal(refused ? 0 : 1, result.Output.Count);
    }

    [Theory]
    [InlineData(ConfirmChoice.Yes, 3, 3)]
    [InlineData(ConfirmChoice.YesToAll, 3, 1)]
    [InlineData(ConfirmChoice.No, 0, 3)]
    [InlineData(ConfirmChoice.NoToAll, 0, 1)]
    public void AnswersHoldAsLongAsTheySay(ConfirmChoice answer, int removed, int asked)
    {
        HostSession session = Sessions.New();
        int questions = 0;
        session.Confirmer = (_, _) =>
        {
            questions++;
            return answer;
        };
        Assert.Equal((removed, asked), (session.Invoke("Remove-Probe a,b,c -Confirm").Output.Count, questions));
    }

    [Fact]
    public void WhatIfIsNoParameterOfACommandThatDoesNotDeclareIt() =>
        Assert.Equal("NamedParameterNotFound", Sessions.ErrorId("Test-Probe -WhatIf"));
}
