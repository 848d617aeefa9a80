using FaasPS.Engine;
using FaasPS.Engine.Models;
using FaasPS.Engine.Text;

namespace FaasPS.Cmdlets;

/// <summary>An imported model. Several runs may use it at once; it is freed when it was removed and the last of them has ended.</summary>
public sealed class FaasModel
{
    private readonly FcDiffusionModel engine;
    private readonly ModelFiles files;
    private readonly Lazy<TranslationPipeline> pipeline;
    private int users = 1;

    internal FaasModel(string name, ModelFiles files, ControlBand band, string? tokenizer, FcDiffusionModel engine)
    {
        this.engine = engine;
        this.files = files;
        Name = name;
        Path = files.Checkpoint;
        Band = band.Name();
        Bands = files.Controls.Count == 0 ? [Band] : [.. files.Controls.Keys.Order().Select(b => b.Name())];
        // Only prompts need a vocabulary: a model without one can still be inspected and measured.
        // PublicationOnly: where there was none, the next use looks again.
        pipeline = new Lazy<TranslationPipeline>(
            () => new TranslationPipeline(engine, ClipTokenizer.Load(VocabularyLocator.Locate(tokenizer, files.Folder))),
            LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>The name to call it by.</summary>
    public string Name { get; }

    /// <summary>Its checkpoint.</summary>
    public string Path { get; }

    /// <summary>The band that is taken when a translation names none.</summary>
    public string Band { get; }

    /// <summary>The prompt router that lies in its folder, if one does.</summary>
    public string? RouterPath => files.Router;

    /// <summary>The bands that it has control branches for.</summary>
    public IReadOnlyList<string> Bands { get; }

    /// <summary>The device it is on.</summary>
    public string Device => engine.DeviceName;

    /// <summary>What it computes in.</summary>
    public ComputeType DType => engine.ComputeType;

    /// <summary>The side of the square pictures it was trained on.</summary>
    public int ImageSize => engine.ImageSize;

    /// <summary>The number of its weights.</summary>
    public long Parameters => engine.Parameters;

    /// <summary>The names of its layers that can be skipped.</summary>
    internal IEnumerable<string> Layers => engine.Layers;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Keeps the model loaded while its pipeline is used.</summary>
    /// <exception cref="ModelException">It was removed.</exception>
    internal Lease Use()
    {
        lock (engine)
        {
            if (users == 0) throw new ModelException($"The model '{Name}' was removed. Import it again.");
            users++;
        }
        return new Lease(this);
    }

    /// <summary>Gives up one use; the import itself counts as one.</summary>
    internal void Release()
    {
        lock (engine)
        {
            if (users > 0 && --users == 0) engine.Dispose();
        }
    }

    /// <summary>One use of the model.</summary>
    internal sealed class Lease(FaasModel model) : IDisposable
    {
        public FcDiffusionModel Engine => model.engine;

        public TranslationPipeline Pipeline => model.pipeline.Value;

        public void Dispose() => model.Release();
    }
}
