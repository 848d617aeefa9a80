using System.Runtime.ExceptionServices;
using TorchSharp;

namespace FaasPS.Engine.Training;

/// <summary>
/// Threads that each compute a share of a batch with single-threaded operations. On a CPU that is faster than one thread with parallel
/// operations: workers meet once a step, operations at every barrier, and a barrier waits for whichever core is busy with something else.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private readonly Worker[] workers;
    private readonly int threads = NativeRuntime.Threads;

    /// <param name="count">
    /// Their number. With one, work runs on the calling thread with operations as parallel as they are; with more, operations of the
    /// calling thread are single-threaded as well until this is disposed of there.
    /// </param>
    public WorkerThreads(int count)
    {
        Count = count;
        if (count > 1) NativeRuntime.Threads = 1;
        workers = count == 1 ? [] : [.. Enumerable.Range(0, count).Select(index => new Worker(index))];
    }

    public int Count { get; }

    /// <summary>Does work on each thread, with the worker's number 0..Count-1, and waits for all.</summary>
    /// <exception cref="Exception">The first that a worker threw, once all are done.</exception>
    public void Run(Action<int> work)
    {
        if (workers.Length == 0)
        {
            work(0);
            return;
        }
        foreach (var worker in workers) worker.Begin(work);
        var failures = workers.Select(worker => worker.End()).ToArray();
        if (Array.Find(failures, failure => failure is not null) is { } first) ExceptionDispatchInfo.Throw(first);
    }

    public void Dispose()
    {
        Array.ForEach(workers, worker => worker.Dispose());
        if (Count > 1) NativeRuntime.Threads = threads;
    }

    private sealed class Worker : IDisposable
    {
        private readonly SemaphoreSlim begin = new(0);
        private readonly SemaphoreSlim end = new(0);
        private readonly Thread thread;
        private Action<int>? work;
        private Exception? failure;

        public Worker(int index)
        {
            thread = new Thread(() => Loop(index)) { IsBackground = true, Name = FormattableString.Invariant($"training {index}") };
            thread.Start();
        }

        public void Begin(Action<int> next)
        {
            work = next;
            begin.Release();
        }

        public Exception? End()
        {
            end.Wait();
            return failure;
        }

        public void Dispose()
        {
            work = null;
            begin.Release();
            thread.Join();
            begin.Dispose();
            end.Dispose();
        }

        private void Loop(int index)
        {
            // At its first use of libtorch a thread takes over whatever was set last in the process, even after it set a number of its own.
            _ = torch.get_num_threads();
            torch.set_num_threads(1);
            for (begin.Wait(); work is { } current; begin.Wait())
            {
                try
                {
                    failure = null;
                    current(index);
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
                end.Release();
            }
        }
    }
}
