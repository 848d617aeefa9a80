using System.Management.Automation;

namespace FaasPS.Automation;

/// <summary>Commands joined by pipes, run once on the calling thread. Only <see cref="Stop"/> may be called from another.</summary>
public sealed class Pipeline
{
    private readonly List<RunningCommand> commands = [];
    private readonly IReadOnlyList<CommandCall> calls;
    private readonly object gate = new();
    private RunningCommand? permitted;
    private int permittedThread;
    private Exception? failure;
    private volatile bool stopping;

    public Pipeline(CommandSession session, IReadOnlyList<CommandCall> calls)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(calls);
        (Session, this.calls) = (session, calls);
    }

    internal CommandSession Session { get; }

    internal bool IsStopping => stopping;

    /// <summary>
    /// Runs to the end. Throws what ended it early: CommandNotFoundException, CmdletInvocationException, ActionPreferenceStopException, or
    /// PipelineStoppedException after <see cref="Stop"/>.
    /// </summary>
    public void Run()
    {
        permittedThread = Environment.CurrentManagedThreadId;
        try
        {
            Prepare();
            int from = 0;
            try
            {
                commands.ForEach(command => command.Bind());
                commands.ForEach(command => command.Begin());
                commands[0].Process();
            }
            catch (StopUpstreamCommandsException e)
            {
                from = Requesting(e);
            }

            while (from < commands.Count)
            {
                try
                {
                    commands[from++].End();
                }
                catch (StopUpstreamCommandsException e)
                {
                    from = Requesting(e);
                }
            }

            ThrowIfStopping();
        }
        catch (PipelineStoppedException) when (failure is not null and not PipelineStoppedException)
        {
            throw failure;
        }
        finally
        {
            // From now on a write from a straggling thread is refused.
            permittedThread = -1;
            foreach (RunningCommand command in commands)
                (command.Cmdlet as IDisposable)?.Dispose();
        }
    }

    /// <summary>Asks every command to stop; the running one is told through StopProcessing, on the calling thread.</summary>
    public void Stop()
    {
        RunningCommand[] running;
        lock (gate)
        {
            if (stopping)
                return;
            failure ??= new PipelineStoppedException();
            stopping = true;
            running = [.. commands];
        }

        foreach (RunningCommand command in running)
        {
            try
            {
                command.Cmdlet.DoStop();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // As in PowerShell: a cmdlet that fails to stop cleanly must not keep the others from being told.
            }
        }
    }

    /// <summary>Remembers the first failure, stops what still runs, and gives the exception to throw through the cmdlets above.</summary>
    internal PipelineStoppedException Fail(Exception reason)
    {
        lock (gate)
        {
            failure ??= reason;
            stopping = true;
        }

        return new PipelineStoppedException();
    }

    internal void ThrowIfStopping()
    {
        if (stopping)
            throw new PipelineStoppedException();
    }

    internal void ThrowIfMayNotWrite(RunningCommand command)
    {
        ThrowIfStopping();
        if (permitted != command || permittedThread != Environment.CurrentManagedThreadId)
        {
            throw new PSInvalidOperationException(
                "The WriteObject and WriteError methods cannot be called from outside the overrides of the BeginProcessing, ProcessRecord, "
                + "and EndProcessing methods, and they can only be called from within the same thread. Validate that the cmdlet makes "
                + "these calls correctly.");
        }
    }

    /// <summary>Lets <paramref name="command"/> write until the result is disposed.</summary>
    internal IDisposable Permit(RunningCommand command) => new Permission(this, command);

    private void Prepare()
    {
        for (int i = 0; i < calls.Count; i++)
        {
            if (!Session.TryFind(calls[i].Name, out CommandMetadata? metadata))
            {
                throw new CommandNotFoundException(
                    $"The term '{calls[i].Name}' is not a command here. The commands are: "
                    + $"{string.Join(", ", Session.Commands.Select(info => info.Name))}.")
                {
                    CommandName = calls[i].Name,
                };
            }

            var command = new RunningCommand(calls[i], metadata, this, i + 1, calls.Count);
            lock (gate)
            {
                if (i > 0)
                    commands[i - 1].Next = command;
                commands.Add(command);
            }
        }

        ThrowIfStopping();
    }

    private int Requesting(StopUpstreamCommandsException request) => commands.FindIndex(command => command.Cmdlet == request.Requesting);

    private sealed class Permission : IDisposable
    {
        private readonly Pipeline pipeline;
        private readonly RunningCommand? before;

        public Permission(Pipeline pipeline, RunningCommand command)
        {
            (this.pipeline, before) = (pipeline, pipeline.permitted);
            pipeline.permitted = command;
        }

        public void Dispose() => pipeline.permitted = before;
    }
}
