using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FaasPS.Engine;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>What repeats a picture, for its text chunks and for the manifest.</summary>
internal sealed class ResultFacts(TranslationInput input, RgbImage image, TranslationOptions options, string sampler)
{
    private const string PolicyFolder = "policies";

    private static readonly string Version = typeof(ResultFacts).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>
    /// A picture's texts. They tell nothing of when, where and how fast it was made: pictures of the same model, options and seed are the
    /// same file.
    /// </summary>
    public IReadOnlyDictionary<string, string> Texts(TranslationJob job, FaasModel model)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Software"] = $"FaasPS {Version}",
            ["Source"] = Path.GetFileName(job.Source),
            ["Model"] = model.Name,
            ["Route"] = job.Route.ToString(),
        };
        foreach (var (name, value) in Parameters()) texts[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        if (options.Policy is { } policy) (texts["Policy"], texts["PolicyId"]) = (policy.Name, IdOf(policy));
        return texts;
    }

    /// <summary>The manifest's line. What the run skipped by is kept beside the pictures, since a policy's file may change later.</summary>
    /// <exception cref="IOException">The policy cannot be kept.</exception>
    public JsonObject Line(FaasTranslation result, FaasModel model, int batch)
    {
        var parameters = new JsonObject(Parameters().Select(pair => KeyValuePair.Create(pair.Key, Node(pair.Value))));
        if (options.Policy is { } policy) parameters["Policy"] = Keep(policy, Path.GetDirectoryName(result.OutputPath)!);
        return new JsonObject
        {
            ["Name"] = result.Name,
            ["Image"] = result.SourcePath,
            ["Prompt"] = result.Prompt,
            ["Seed"] = result.Seed,
            ["Band"] = result.Band,
            ["Mode"] = result.Mode,
            ["Route"] = result.Route,
            ["Score"] = Node(result.Score),
            ["Policy"] = result.Policy,
            ["Model"] = result.Model,
            ["ModelPath"] = model.Path,
            ["Device"] = model.Device,
            ["DType"] = model.DType.ToString(),
            ["BatchSize"] = batch,
            ["UnitsRun"] = result.UnitsRun,
            ["UnitsSkipped"] = result.UnitsSkipped,
            ["UnitsReused"] = result.UnitsReused,
            ["MacsSaved"] = result.MacsSaved,
            ["EstimatedPsnr"] = Node(result.EstimatedPsnr),
            ["Psnr"] = Node(result.Fidelity?.Psnr),
            ["Ssim"] = Node(result.Fidelity?.Ssim),
            ["Seconds"] = result.Duration.TotalSeconds,
            ["PeakMemory"] = result.PeakMemory,
            ["Written"] = DateTimeOffset.Now.ToString("o", CultureInfo.InvariantCulture),
            ["Version"] = Version,
            ["Parameters"] = parameters,
        };
    }

    /// <summary>
    /// Invoke-FaasTranslate's parameters as they took effect, defaults spelled out: splatted, with -LiteralPath, they repeat the picture.
    /// The mode is what the route left of it.
    /// </summary>
    private IEnumerable<KeyValuePair<string, object>> Parameters()
    {
        var all = new (string Name, object? Value)[]
        {
            ("Prompt", input.Prompt),
            ("Seed", input.Seed),
            ("Band", options.Band.Name()),
            ("Steps", options.Steps),
            ("GuidanceScale", options.GuidanceScale),
            ("Sampler", sampler),
            ("Eta", options.Eta),
            ("ControlScale", options.ControlScale),
            ("DynamicThreshold", options.DynamicThreshold),
            ("TimestepSpacing", options.Spacing),
            ("Width", image.Width),
            ("Height", image.Height),
            ("Fit", options.Fit),
            ("TileSize", options.TileSize),
            ("Mode", options.Mode),
            ("Tolerance", options.Tolerance),
            ("Probe", options.Mode == TranslationMode.Adaptive ? options.Probe : null),
            ("SkipPath", options.Mode == TranslationMode.Full ? null : options.SkipPath),
            ("MinFidelity", options.MinFidelity),
            ("DeepCacheInterval", options.DeepCache?.Interval),
            ("DeepCacheStart", options.DeepCache?.Start),
            ("DeepCacheBranch", options.DeepCache?.Branch),
            ("DeepCacheSchedule", options.DeepCache?.Spacing),
            ("DeepCacheCenter", options.DeepCache?.Center),
            ("DeepCachePower", options.DeepCache?.Power),
        };
        return all.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Name, pair.Value!));
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        int number => number,
        long number => number,
        double number when double.IsFinite(number) => number,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture), // JSON has no infinity: PowerShell reads the word as one
    };

    /// <summary>Policies of the same layers and settings have the same id.</summary>
    private static string IdOf(SkipPolicy policy) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(PolicyFile.ToJson(policy))))[..12].ToLowerInvariant();

    private static string Keep(SkipPolicy policy, string folder)
    {
        var kept = Directory.CreateDirectory(Path.Combine(folder, PolicyFolder, IdOf(policy))).FullName;
        var name = string.Concat(policy.Name.Select(c => Path.GetInvalidFileNameChars().Contains(c) ? '_' : c));
        var file = Path.Combine(kept, $"{name}.json");
        if (!File.Exists(file)) PolicyFile.Write(policy, file);
        return file;
    }
}
