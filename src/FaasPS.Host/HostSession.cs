using System.Management.Automation;
using System.Reflection;
using FaasPS.Automation;
using FaasPS.Host.Commands;
using FaasPS.Host.Formatting;

namespace FaasPS.Host;

/// <summary>Runs pipelines one after another; the location, variables and whatever modules keep live as long as the session.</summary>
public sealed class HostSession
{
    private readonly CommandSession session;
    private Pipeline? running;
    private volatile bool stopped;

    /// <param name="location">Where relative paths start; the process's current directory when not given.</param>
    public HostSession(string? location = null)
    {
        session = new CommandSession(location ?? Environment.CurrentDirectory, new HostResult());
        foreach (Type command in BuiltIn.Commands)
            session.AddCommand(command);
        Variables.Set(FormatCommand.ViewsVariable, Views);
    }

    public string Location
    {
        get => session.SessionState.Path.CurrentLocation.Path;
        set => session.SessionState.Path.SetLocation(value);
    }

    /// <summary>Preference variables (VerbosePreference, ErrorActionPreference...) and what modules store.</summary>
    public PSVariableIntrinsics Variables => session.SessionState.PSVariable;

    public IEnumerable<CmdletInfo> Commands => session.Commands;

    /// <summary>Called with each output object as it comes, on the pipeline's thread, by <see cref="Invoke"/>.</summary>
    public Action<object?>? ObjectWritten { get; set; }

    /// <summary>Answers confirmations in <see cref="Invoke"/>; without it they are errors, as in a non-interactive PowerShell.</summary>
    public Func<string, string, ConfirmChoice?>? Confirmer { get; set; }

    internal ViewSet Views { get; } = new();

    internal int FormatWidth
    {
        set => Variables.Set(FormatCommand.WidthVariable, value);
    }

    /// <summary>Makes a module's cmdlets callable and reads the views beside it.</summary>
    public void AddModule(Assembly assembly)
    {
        session.AddModule(assembly);
        Views.AddModule(assembly);
    }

    public void AddCommand(Type cmdlet) => session.AddCommand(cmdlet);

    /// <summary>
    /// Runs <paramref name="text"/> and records what it writes. Throws ParseException for text that this host cannot run.
    /// </summary>
    public HostResult Invoke(string text, CancellationToken cancellationToken = default)
    {
        var result = new HostResult { Observer = ObjectWritten, Confirmer = Confirmer };
        result.WasStopped = !Run(text, result, cancellationToken);
        return result;
    }

    public Task<HostResult> InvokeAsync(string text, CancellationToken cancellationToken = default) =>
        Task.Run(() => Invoke(text, cancellationToken), CancellationToken.None);

    /// <summary>Stops the run in progress, from any thread; returns once its commands have been told.</summary>
    public void Stop()
    {
        stopped = true;
        Volatile.Read(ref running)?.Stop();
    }

    /// <summary>Runs <paramref name="text"/>, every record going to <paramref name="streams"/>. False when it was stopped.</summary>
    internal bool Run(string text, IStreams streams, CancellationToken cancellationToken)
    {
        IReadOnlyList<IReadOnlyList<CommandCall>> pipelines = PipelineParser.Parse(text);
        stopped = false;
        session.Streams = streams;
        using CancellationTokenRegistration registration = cancellationToken.Register(Stop);
        foreach (IReadOnlyList<CommandCall> calls in pipelines)
        {
            var pipeline = new Pipeline(session, calls);
            Volatile.Write(ref running, pipeline);
            try
            {
                // A stop that came before there was a pipeline to stop.
                if (stopped)
                    return false;
                pipeline.Run();
            }
            catch (PipelineStoppedException)
            {
                return false;
            }
            catch (RuntimeException e)
            {
                streams.Error(new ErrorRecord(e.ErrorRecord, e));

                // One failed statement does not keep the next from running, but ErrorAction Stop does.
                if (e is ActionPreferenceStopException || StopsOnErrors())
                    return true;
            }
            finally
            {
                Volatile.Write(ref running, null);
            }
        }

        return true;
    }

    private bool StopsOnErrors() =>
        Variables.GetValue("ErrorActionPreference") is { } preference
        && string.Equals(preference.ToString(), nameof(ActionPreference.Stop), StringComparison.OrdinalIgnoreCase);
}
