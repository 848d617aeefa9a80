using FaasPS.Engine.Weights;
using TorchSharp;

namespace FaasPS.Engine.Models;

/// <summary>
/// One network of a model. It is in memory from the start; a part that comes from a file can leave, and comes back when it is used the
/// next time. Several runs may use it at once: it leaves when the last of them is done with it.
/// </summary>
internal sealed class ModelPart<T> : IDisposable
    where T : class
{
    private readonly object gate = new();
    private readonly Func<WeightScope, T> build;
    private readonly string? file;
    private readonly torch.ScalarType type;
    private readonly torch.Device device;
    private LoadedWeights? weights;
    private int users;
    private bool leaving;
    private bool disposed;

    /// <param name="source">Where it is read from now.</param>
    /// <param name="scope">The whole model's place in the source; remembers which keys were asked for.</param>
    /// <param name="file">The checkpoint it can be read from again; none: it stays.</param>
    /// <param name="build">Makes its layers.</param>
    public ModelPart(IWeightSource source, WeightScope scope, string? file, Func<WeightScope, T> build)
    {
        (this.build, this.file, type, device) = (build, file, scope.DType, scope.Device);
        (Layers, weights) = Read(source, scope.From);
        Parameters = weights.Count;
    }

    /// <summary>The number of its weights.</summary>
    public long Parameters { get; }

    /// <summary>Whether its weights are in memory.</summary>
    public bool IsResident => weights is not null;

    /// <summary>Its layers, whose sizes can always be asked; they compute only while the part is used.</summary>
    public T Layers { get; private set; }

    /// <summary>Keeps it in memory, into which it is read first where it had left.</summary>
    /// <exception cref="ObjectDisposedException">Its model was freed.</exception>
    /// <exception cref="WeightsException">Its file is another one by now.</exception>
    public Lease Use()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(FcDiffusionModel));
            if (weights is null)
            {
                using var checkpoint = CheckpointFile.Open(file!, map: true);
                (Layers, weights) = Read(checkpoint, source => new WeightScope(source, type, device));
            }
            users++;
            return new Lease(this, Layers);
        }
    }

    /// <summary>Uses it for one computation.</summary>
    public TResult With<TResult>(Func<T, TResult> compute)
    {
        using var lease = Use();
        return compute(lease.Layers);
    }

    /// <summary>Frees its weights as soon as nobody uses them. One that cannot be read again stays.</summary>
    public void Leave()
    {
        lock (gate)
        {
            leaving = file is not null;
            FreeIfUnused();
        }
    }

    /// <summary>Frees its weights for good.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            FreeIfUnused();
        }
    }

    private void Release()
    {
        lock (gate)
        {
            users--;
            FreeIfUnused();
        }
    }

    private void FreeIfUnused()
    {
        if (users > 0 || !(leaving || disposed)) return;
        leaving = false;
        if (weights is null) return;
        weights.Dispose();
        weights = null;
        if (!disposed) ProcessMemory.GiveBack();
    }

    private (T Layers, LoadedWeights Weights) Read(IWeightSource source, Func<IWeightSource, WeightScope> scope)
    {
        using var ordinary = torch.inference_mode(mode: false); // read during a run, its weights must not be tensors for inference alone
        var read = new LoadedWeights(source);
        try
        {
            return (build(scope(read)), read);
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>One use of the part.</summary>
    public sealed class Lease(ModelPart<T> part, T layers) : IDisposable
    {
        private ModelPart<T>? held = part;

        public T Layers => layers;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
