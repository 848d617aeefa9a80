using Xunit.Abstractions;
using Xunit.Sdk;

namespace FaasPS.Engine.Tests;

/// <summary>
/// Runs the tests of one category where there is a .NET runtime and no SDK, as benchmarks/cuda/run.sh does:
/// <c>dotnet FaasPS.Engine.Tests.dll Cuda</c>. With an SDK, <c>dotnet test</c> runs them and never comes here.
/// </summary>
internal static class TestProgram
{
    private static int Main(string[] args)
    {
        if (args is not [var category])
        {
            Console.Error.WriteLine("usage: FaasPS.Engine.Tests <category>");
            return 2;
        }
        var assembly = typeof(TestProgram).Assembly;
        var sink = new Sink();
        using var framework = new XunitTestFramework(sink);
        using (var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly)))
            Finish(sink, () => discoverer.Find(includeSourceInformation: false, sink, new Options()));
        var chosen = sink.Found.Where(test => test.Traits.TryGetValue("Category", out var values) && values.Contains(category)).ToArray();
        using (var executor = framework.GetExecutor(assembly.GetName())) Finish(sink, () => executor.RunTests(chosen, sink, new Options()));
        Console.WriteLine($"{category}: {sink.Passed} passed, {sink.Failed} failed, {sink.Skipped} skipped");
        return sink.Failed > 0 || chosen.Length == 0 ? 1 : 0;
    }

    private static void Finish(Sink sink, Action start)
    {
        sink.Done.Reset();
        start();
        sink.Done.Wait();
    }

    /// <summary>Prints what happens to each test.</summary>
    private sealed class Sink : LongLivedMarshalByRefObject, IMessageSink
    {
        public ManualResetEventSlim Done { get; } = new();

        public List<ITestCase> Found { get; } = [];

        public int Passed { get; private set; }

        public int Failed { get; private set; }

        public int Skipped { get; private set; }

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestCaseDiscoveryMessage found:
                    Found.Add(found.TestCase);
                    break;
                case ITestPassed passed:
                    Passed++;
                    Console.WriteLine(FormattableString.Invariant($"passed   {passed.Test.DisplayName} ({passed.ExecutionTime:f1} s)"));
                    break;
                case ITestSkipped skipped:
                    Skipped++;
                    Console.WriteLine($"skipped  {skipped.Test.DisplayName}: {skipped.Reason}");
                    break;
                case ITestFailed failed:
                    Failed++;
                    Console.WriteLine($"FAILED   {failed.Test.DisplayName}: {string.Join(Environment.NewLine, failed.Messages)}");
                    Console.WriteLine(string.Join(Environment.NewLine, failed.StackTraces));
                    break;
                case IErrorMessage error: // a fixture or a collection that cannot be set up
                    Failed++;
                    Console.WriteLine($"FAILED   {string.Join(Environment.NewLine, error.Messages)}");
                    break;
                case IDiscoveryCompleteMessage or ITestAssemblyFinished:
                    Done.Set();
                    break;
            }
            return true;
        }
    }

    /// <summary>xunit's defaults, but for one test after another: they share one device.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        public TValue? GetValue<TValue>(string name) =>
            name == "xunit.execution.DisableParallelization" ? (TValue)(object)true : default;

        public void SetValue<TValue>(string name, TValue value) => throw new NotSupportedException($"'{name}' is not changed.");
    }
}
