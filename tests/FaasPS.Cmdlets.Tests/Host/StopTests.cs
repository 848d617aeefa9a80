using System.Diagnostics;
using System.Management.Automation;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

public class StopTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StoppingTellsTheCmdletAndEndsTheRun(bool byToken)
    {
        HostSession session = Sessions.New();
        using var cancel = new CancellationTokenSource();
        using var started = new ManualResetEventSlim();
        session.ObjectWritten = _ => started.Set();
        var clock = Stopwatch.StartNew();
        Task<HostResult> run = session.InvokeAsync("Wait-Probe; 'next'", cancel.Token);
        Assert.True(started.Wait(TimeSpan.FromSeconds(10), CancellationToken.None));
        if (byToken)
            await cancel.CancelAsync();
        else
            session.Stop();
        HostResult result = await run;
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), clock.Elapsed.ToString());
        Assert.True(result.WasStopped);
        Assert.Equal(["started"], result.OutputAs<string>());
        Assert.Empty(result.Errors);
        Assert.Equal(true, session.Variables.GetValue("StopSeen"));
        Assert.Equal(true, session.Variables.GetValue("StoppingSeen"));
        Assert.IsType<PipelineStoppedException>(session.Variables.GetValue("AfterStop"));
    }

    [Fact]
    public void ASessionGoesOnAfterAStop()
    {
        HostSession session = Sessions.New();
        Assert.True(session.Invoke("'a'", new CancellationToken(canceled: true)).WasStopped);
        Assert.Equal(["b"], session.Invoke("'b'").OutputAs<string>());
    }
}
