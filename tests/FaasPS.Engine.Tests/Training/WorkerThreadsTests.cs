using FaasPS.Engine.Training;
using TorchSharp;

namespace FaasPS.Engine.Tests.Training;

[Collection(nameof(Alone))]
public sealed class WorkerThreadsTests
{
    /// <summary>Sums in another order have other bits: what another pipeline sets meanwhile must not reach a training.</summary>
    [Fact]
    public void WorkersKeepToOneThreadWhateverIsSetElsewhere()
    {
        using var workers = new WorkerThreads(2);
        workers.Run(_ => { });
        torch.set_num_threads(3);
        var seen = new int[2];
        workers.Run(worker => seen[worker] = torch.get_num_threads());
        Assert.Equal([1, 1], seen);
    }
}
