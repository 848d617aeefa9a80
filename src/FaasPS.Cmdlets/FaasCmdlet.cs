using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Models;

namespace FaasPS.Cmdlets;

/// <summary>A cmdlet that can be stopped, resolves paths as PowerShell does, and reports what users can mend as error records.</summary>
public abstract class FaasCmdlet : PSCmdlet, IDisposable
{
    private static readonly object FirstUse = new();

    private readonly CancellationTokenSource stop = new();

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    protected CancellationToken Stopped => stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Stopped from another thread just as the cmdlet ended by itself.
        }
    }

    /// <summary>Called by PowerShell when the cmdlet is done, failed or stopped.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) stop.Dispose();
    }

    /// <summary>Does the work on one input; its failure is that input's alone.</summary>
    /// <param name="target">The user's input.</param>
    /// <param name="work">The work.</param>
    /// <returns>Whether it was done.</returns>
    protected bool Attempt(object? target, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception exception) when (exception is not PipelineStoppedException && ErrorRecords.From(exception, target) is { } record)
        {
            // Without libtorch nothing that follows can succeed either.
            if (exception is NativeRuntimeException) ThrowTerminatingError(record);
            WriteError(record);
            return false;
        }
    }

    /// <summary>Does what every input needs; its failure ends the command with one error instead of one for each input.</summary>
    /// <param name="target">The user's input that it depends on.</param>
    /// <param name="work">The work.</param>
    protected T Require<T>(object? target, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is not PipelineStoppedException && ErrorRecords.From(exception, target) is { } record)
        {
            ThrowTerminatingError(record);
            throw;
        }
    }

    /// <summary>The files that paths name. What names none, or is no file, becomes an error record.</summary>
    /// <param name="paths">As the user gave them.</param>
    /// <param name="literal">Whether they are taken as they stand, without wildcards.</param>
    protected IEnumerable<string> ResolveFiles(IEnumerable<string> paths, bool literal)
    {
        foreach (var path in paths)
        {
            foreach (var file in Resolve(path, literal))
            {
                if (Directory.Exists(file)) WriteError(ErrorRecords.PathIsDirectory(file));
                else yield return file;
            }
        }
    }

    /// <summary>A path that need not exist, relative to the session's location.</summary>
    protected string ResolveNew(string path)
    {
        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        if (provider.Name != "FileSystem") ThrowTerminatingError(ErrorRecords.PathNotFileSystem(path));
        return resolved;
    }

    /// <summary>The last imported model; without one, the model that ships with the module.</summary>
    protected FaasModel DefaultModel()
    {
        lock (FirstUse) // parallel first uses load it once
        {
            return ModelCatalog.All is [.., var last] ? last : LoadDemo();
        }
    }

    private FaasModel LoadDemo()
    {
        if (!Directory.Exists(ModelLoader.DemoFolder)) ThrowTerminatingError(ErrorRecords.DemoModelMissing(ModelLoader.DemoFolder));
        WriteVerbose("No model is imported: taking the one that ships with the module.");
        var files = ModelFiles.Find(ModelLoader.DemoFolder);
        return ModelLoader.Load(files, "demo", ChooseType(files, "auto"));
    }

    /// <summary>What a model computes in when the user says nothing.</summary>
    private protected ComputeType ChooseType(ModelFiles files, string device)
    {
        var choice = ComputeTypeChoice.For(files, device);
        WriteVerbose($"Computing in {choice.Type}: {choice.Reason}.");
        return choice.Type;
    }

    /// <summary>A picture's prompt: the one given, else the text of the .txt file beside it; without one, an error record.</summary>
    /// <param name="picture">Its file.</param>
    /// <param name="prompt">What was given.</param>
    /// <param name="argument">Whether as an argument, where empty is the empty prompt; an empty cell of a table says nothing.</param>
    protected string? PromptOf(string picture, string? prompt, bool argument)
    {
        if (prompt is not null && (argument || !string.IsNullOrWhiteSpace(prompt))) return prompt;
        var file = Path.ChangeExtension(picture, ".txt");
        if (File.Exists(file)) return File.ReadAllText(file).Trim();
        WriteError(ErrorRecords.PromptMissing(picture, file));
        return null;
    }

    /// <summary>Pictures with the prompts beside them; one that cannot be read is an error record.</summary>
    /// <param name="pictures">Their files.</param>
    /// <param name="seed">The first one's seed; each further one's is one higher.</param>
    protected IReadOnlyList<TranslationInput> ReadPairs(IEnumerable<string> pictures, long seed = 0)
    {
        var pairs = new List<TranslationInput>();
        foreach (var picture in pictures)
        {
            Attempt(picture, () =>
            {
                if (PromptOf(picture, prompt: null, argument: false) is { } prompt)
                    pairs.Add(new TranslationInput(ImageReader.Read(picture), prompt, seed + pairs.Count));
            });
        }
        return pairs;
    }

    private IReadOnlyCollection<string> Resolve(string path, bool literal)
    {
        try
        {
            var exact = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            // A name that exists is that file, brackets and all: tables and Get-ChildItem's FullName hold names, not patterns.
            IReadOnlyCollection<string> files = literal || (provider.Name == "FileSystem" && File.Exists(exact))
                ? [exact]
                : [.. GetResolvedProviderPathFromPSPath(path, out provider)];
            if (provider.Name == "FileSystem") return files;
            WriteError(ErrorRecords.PathNotFileSystem(path));
        }
        catch (SessionStateException exception)
        {
            WriteError(new ErrorRecord(exception, "FaasFileMissing", ErrorCategory.ObjectNotFound, path));
        }
        return [];
    }
}
