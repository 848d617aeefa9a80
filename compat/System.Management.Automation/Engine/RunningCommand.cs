using System.Management.Automation;
using System.Reflection;

namespace FaasPS.Automation;

/// <summary>One command of a pipeline that runs: the cmdlet, its binder, and the command after it.</summary>
internal sealed class RunningCommand
{
    private readonly CommandCall call;
    private readonly Pipeline pipeline;
    private readonly ParameterBinder binder;
    private readonly CommandRuntime runtime;

    public RunningCommand(CommandCall call, CommandMetadata metadata, Pipeline pipeline, int position, int length)
    {
        (this.call, this.pipeline, Metadata) = (call, pipeline, metadata);
        Cmdlet = Create(metadata.Info.ImplementingType);
        Invocation = new InvocationInfo(metadata.Info)
        {
            InvocationName = call.Name, Line = call.Text, PipelinePosition = position, PipelineLength = length,
            ExpectingInput = position > 1,
        };
        runtime = new CommandRuntime(this, pipeline);
        Cmdlet.CommandRuntime = runtime;
        if (Cmdlet is PSCmdlet shell)
            (shell.MyInvocation, shell.SessionState) = (Invocation, pipeline.Session.SessionState);
        binder = new ParameterBinder(metadata, TargetOf, ChooseSet, Invocation.BoundParameters, pipeline.Session.Engine);
    }

    public CommandMetadata Metadata { get; }

    public Cmdlet Cmdlet { get; }

    public Type Type => Metadata.Info.ImplementingType;

    public InvocationInfo Invocation { get; }

    public CommonParameters Common { get; } = new();

    public ShouldProcessParameters Should { get; } = new();

    public RunningCommand? Next { get; set; }

    public void Bind() => Guard(() => binder.BindArguments(call.Arguments, Invocation.ExpectingInput));

    public void Begin() => Guard(Cmdlet.DoBegin);

    public void Process() => Guard(Cmdlet.DoProcess);

    public void End() => Guard(Cmdlet.DoEnd);

    /// <summary>Hands a value to the next command, or out of the pipeline.</summary>
    public void Emit(object? value)
    {
        if (Next is null)
            pipeline.Session.Streams.Output(value);
        else
            Next.Receive(value);
    }

    // An object that cannot be bound is one error; the next one may fit.
    private void Receive(object? input) => Guard(() =>
    {
        try
        {
            if (!binder.BindInput(input))
            {
                throw new ParameterBindingException(
                    "InputObjectNotBound",
                    "The input object cannot be bound to any parameters for the command either because the command does not take pipeline "
                    + "input or the input and its properties do not match any of the parameters that take pipeline input.");
            }
        }
        catch (ParameterBindingException e)
        {
            var record = new ErrorRecord(e.ErrorRecord, e);
            record.SetTargetObject(PSObject.Base(input));
            runtime.WriteErrorUnchecked(record);
            return;
        }

        Cmdlet.DoProcess();
    });

    // Whatever a cmdlet throws ends the pipeline; its caller upstream sees only that it was stopped.
    private void Guard(Action action)
    {
        using IDisposable scope = pipeline.Permit(this);
        try
        {
            action();
        }
        catch (Exception e) when (e is not (PipelineStoppedException or StopUpstreamCommandsException))
        {
            var record = e is IContainsErrorRecord carrier
                ? new ErrorRecord(carrier.ErrorRecord, e)
                : new ErrorRecord(e, e.GetType().FullName ?? "", ErrorCategory.NotSpecified, null);
            record.SetInvocation(Invocation, Type);
            if (e is ParameterBindingException binding)
                binding.CommandInvocation = Invocation;
            throw pipeline.Fail(new CmdletInvocationException(record));
        }
    }

    private static Cmdlet Create(Type type)
    {
        try
        {
            return (Cmdlet)Activator.CreateInstance(type)!;
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw new CmdletInvocationException(new ErrorRecord(inner, inner.GetType().FullName ?? "", ErrorCategory.NotSpecified, null));
        }
    }

    private object TargetOf(CommandParameter parameter) => !parameter.IsCommon ? Cmdlet : parameter.BelongsTo(Common) ? Common : Should;

    private void ChooseSet(string name)
    {
        if (Cmdlet is PSCmdlet shell)
            shell.ParameterSetName = name;
    }
}
