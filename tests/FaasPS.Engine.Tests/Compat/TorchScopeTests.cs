using TorchSharp;
using static TorchSharp.torch;

namespace FaasPS.Engine.Tests.Compat;

/// <summary>Who owns a tensor and when it dies. Counts the process's tensors, so it runs alone.</summary>
[Collection(nameof(Alone))]
public sealed class TorchScopeTests
{
    [Fact]
    public void AScopeDisposesWhatWasMadeInIt()
    {
        long before = Tensor.TotalCount;
        Tensor made;
        using (var scope = NewDisposeScope())
        {
            made = ones(2, 3);
            _ = made + made;
            Assert.Equal(2, scope.DisposablesCount);
            Assert.Equal(before + 2, Tensor.TotalCount);
            Assert.True(scope.Contains(made));
        }

        Assert.True(made.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => made.Handle);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void WhatMovesOutLivesOn()
    {
        long before = Tensor.TotalCount;
        Tensor detached;
        using (var outer = NewDisposeScope())
        {
            Tensor moved;
            using (var inner = NewDisposeScope())
            {
                moved = ones(1).MoveToOuterDisposeScope();
                detached = (moved * 2).DetachFromDisposeScope();
                var (a, b) = inner.MoveToOuter(ones(1), ones(1));
                Assert.Equal(0, inner.DisposablesCount);
                Assert.True(outer.Contains(a) && outer.Contains(b));
            }

            Assert.False(moved.IsInvalid);
            Assert.Equal(3, outer.DisposablesCount);
            outer.DisposeEverythingBut(moved);
            Assert.False(moved.IsInvalid);
            Assert.Equal(1, outer.DisposablesCount);
            outer.Attach(detached);
            Assert.True(outer.Contains(detached));
            outer.Detach(detached);
        }

        Assert.False(detached.IsInvalid);
        Assert.Equal(before + 1, Tensor.TotalCount);
        detached.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void MovingOutOfTheOutermostScopeDetaches()
    {
        Tensor kept;
        using (NewDisposeScope()) kept = ones(1).MoveToOuterDisposeScope();
        Assert.False(kept.IsInvalid);
        kept.Dispose();
        kept.Dispose();
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void DisposingInsideAScopeTakesTheTensorOut()
    {
        using var scope = NewDisposeScope();
        var a = ones(1);
        a.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void ScopesAreOfTheirThread()
    {
        using var scope = NewDisposeScope();
        Tensor? made = null;
        var thread = new Thread(() => made = ones(1));
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        made!.Dispose();
    }

    [Fact]
    public void StatisticsCountByThread()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        var outside = ones(1);
        using (NewDisposeScope())
        {
            _ = ones(1);
            _ = ones(1).DetachFromDisposeScope();
            ones(1).Dispose();
        }

        outside.Dispose();
        Assert.Equal(1, statistics.CreatedOutsideScopeCount);
        Assert.Equal(3, statistics.CreatedInScopeCount);
        Assert.Equal(2, statistics.DisposedInScopeCount);
        Assert.Equal(1, statistics.DisposedOutsideScopeCount);
        Assert.Equal(1, statistics.DetachedFromScopeCount);
        Assert.Equal(1, statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void ForgottenTensorsAreFinalized()
    {
        long before = Tensor.TotalCount;
        Forget();
        for (int i = 0; i < 50 && Tensor.TotalCount > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(Tensor.TotalCount <= before);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget()
        {
            for (int i = 0; i < 10; i++) _ = ones(1);
        }
    }

    [Fact]
    public void AliasesShareMemory()
    {
        using var scope = NewDisposeScope();
        var a = zeros(2);
        var b = a.alias();
        a.Dispose();
        Assert.Equal([0f, 0f], b.data<float>().ToArray());
    }
}
