using System.Reflection;
using FaasPS.Host.Formatting;

namespace FaasPS.Host;

/// <summary>faasps: runs pipelines of the module's commands where PowerShell is not installed.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int Usage = 2;
    private const int Interrupted = 130;
    private const int WidthOfFiles = 120;

    private const string Help = """
        faasps runs pipelines of the FaasPS module's commands where PowerShell is not installed.

            faasps [-Command] "<pipeline>[; <pipeline>]..."
            faasps -                    reads the pipelines from standard input
            faasps --help | --version

            faasps "Get-ChildItem *.png | Invoke-FaasTranslate -Prompt 'a snowy street' | Format-List"
            faasps "Get-Content prompts.txt | Measure-FaasPromptComplexity | Measure-Object -Property Score -Average"

        Values are words, numbers, 'strings', "strings", lists (a, b, c), $true, $false and $null. It is not a shell: for variables,
        expressions and script blocks use PowerShell 7.4 or later (pwsh), where the same commands come with Import-Module FaasPS.
        Exit code: 0; 1 when an error was written; 2 when the text could not be run; 130 after Ctrl+C.

        Commands:
        """;

    private static int Main(string[] args)
    {
        Assembly module = Assembly.Load("FaasPS.Cmdlets");
        var session = new HostSession();
        session.AddModule(module);
        switch (args)
        {
            case [] or ["--help" or "-h" or "-?" or "/?"]:
                Console.WriteLine(Help);
                foreach (System.Management.Automation.CmdletInfo command in session.Commands)
                    Console.WriteLine("    " + command.Name);
                return args.Length == 0 ? Usage : 0;
            case ["--version"]:
                Console.WriteLine(typeof(Program).Assembly
                    .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]);
                return 0;
            case ["-"]:
                return Run(session, Console.In.ReadToEnd());
            case [var option, .. var rest]
                when option.Length > 1 && "-Command".StartsWith(option, StringComparison.OrdinalIgnoreCase) && rest.Length > 0:
                return Run(session, string.Join(' ', rest));
            case ["-Command" or "-c"]:
                Console.Error.WriteLine("faasps: -Command is given without a pipeline. See faasps --help.");
                return Usage;
            default:
                return Run(session, string.Join(' ', args));
        }
    }

    private static int Run(HostSession session, string text)
    {
        bool terminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        int width = Console.IsOutputRedirected ? WidthOfFiles : Math.Max(Console.WindowWidth, 20);
        session.FormatWidth = width;
        var formatter = new OutputFormatter(session.Views, Console.Out.WriteLine, width);
        var progress = terminal ? new ProgressLine(Console.Error, () => Console.WindowWidth) : null;
        bool colour = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var streams = new ConsoleStreams(formatter, Console.Out, Console.Error, colour, progress);
        int interrupts = 0;
        Console.CancelKeyPress += (_, e) =>
        {
            // The first asks the commands to stop; the second does not wait for them.
            e.Cancel = Interlocked.Increment(ref interrupts) == 1;
            if (e.Cancel)
                ThreadPool.QueueUserWorkItem(_ => session.Stop());
        };
        try
        {
            bool completed = session.Run(text, streams, CancellationToken.None);
            formatter.End();
            progress?.Clear();
            return !completed ? Interrupted : streams.HadErrors ? Failed : 0;
        }
        catch (ParseException e)
        {
            Console.Error.WriteLine("faasps: " + e.Message);
            return Usage;
        }
    }
}
