using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Sampling;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;

namespace FaasPS.Cmdlets;

/// <summary>What Invoke-FaasTranslate takes.</summary>
public sealed partial class InvokeFaasTranslateCommand
{
    /// <summary>Pictures, with wildcards; tables name them in a column Image, FullName or Path, and a translation its own picture.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "FullName", "OutputPath")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Pictures, their names taken as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What the pictures should become, the empty prompt too; by default the text of the .txt file beside each.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Prompt { get; set; }

    /// <summary>The band of the source that steers the translation; the model's by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    public FaasBand? Band { get; set; }

    /// <summary>How much may be left out.</summary>
    [Parameter]
    public TranslationMode Mode { get; set; }

    /// <summary>What may be left out: a policy or its file; the model's own for the band by default. Full mode needs none.</summary>
    [Parameter]
    [PolicyTransformation]
    [ArgumentCompleter(typeof(PolicyCompleter))]
    [ValidateNotNull]
    public FaasPolicy? Policy { get; set; }

    /// <summary>How much a layer's output may have changed, by the probe's estimate, before Adaptive mode computes it anew.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? Tolerance { get; set; }

    /// <summary>What decides in Adaptive mode; LatentNorm is the reference's own probe, for comparison.</summary>
    [Parameter]
    public AdaptiveProbe Probe { get; set; }

    /// <summary>What stands in for a skipped layer; the others are the reference's, for comparison.</summary>
    [Parameter]
    public SkipPath SkipPath { get; set; }

    /// <summary>The PSNR to the full run, in dB, that what is left out must not cost; the run checks itself and computes more if need be.</summary>
    [Parameter]
    [ValidateRange(1.0, 100.0)]
    public double? MinFidelity { get; set; }

    /// <summary>DeepCache: one step in so many is computed whole. Any of the DeepCache parameters turns it on.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int DeepCacheInterval { get; set; } = 3;

    /// <summary>The timestep, 0 to 999, above which every step is computed whole.</summary>
    [Parameter]
    [ValidateRange(0, 999)]
    public int? DeepCacheStart { get; set; }

    /// <summary>How deep each step goes at least, in input blocks; 0 is the fastest.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int DeepCacheBranch { get; set; }

    /// <summary>How the steps that are computed whole are spread.</summary>
    [Parameter]
    public DeepCacheSpacing DeepCacheSchedule { get; set; }

    /// <summary>The step, from the first cached one, around which the quadratic schedule is dense.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int? DeepCacheCenter { get; set; }

    /// <summary>How dense the quadratic schedule is at its centre: above 1, at most 2.</summary>
    [Parameter]
    [ValidateRange(1.0, 2.0)]
    public double DeepCachePower { get; set; } = 1.4;

    /// <summary>The router, or its file, that tells by the prompt whether the mode applies.</summary>
    [Parameter]
    [RouterTransformation]
    [ValidateNotNull]
    public FaasRouter? Router { get; set; }

    /// <summary>Prompts that score below it are simple; the router's own by default. Without -Router, that of the model is taken.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? Threshold { get; set; }

    /// <summary>Computes the full run as well, with the same seed, and tells how near the result is to it.</summary>
    [Parameter]
    public SwitchParameter Baseline { get; set; }

    /// <summary>The number of sampling steps.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Steps { get; set; } = 50;

    /// <summary>How far the prompt pulls; 1 is no guidance and takes half the time. The model's own by default, 9 where it has none.</summary>
    [Parameter]
    [ValidateRange(0.0, 100.0)]
    public double? GuidanceScale { get; set; }

    /// <summary>The sampler.</summary>
    [Parameter]
    public SamplerName Sampler { get; set; }

    /// <summary>DDIM's eta: 0 adds no noise between steps, 1 as much as DDPM. The model's own by default, 0 where it has none.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double? Eta { get; set; }

    /// <summary>How strongly the source's band steers: 0 not at all, 1 as in training, more for results that keep nearer to the source. The
    /// model's own by default, 1 where it has none.</summary>
    [Parameter]
    [ValidateRange(0.0, 10.0)]
    public double? ControlScale { get; set; }

    /// <summary>The quantile of the predicted latents beyond which they are squashed, such as 0.995.</summary>
    [Parameter]
    [ValidateRange(0.001, 1.0)]
    public double? DynamicThreshold { get; set; }

    /// <summary>How the steps are spread over the diffusion timesteps.</summary>
    [Parameter]
    public TimestepSpacing TimestepSpacing { get; set; }

    /// <summary>The first picture's seed; each further variant's is one higher. By default drawn for each picture.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SeedTransformation]
    public long? Seed { get; set; }

    /// <summary>The number of variants of each picture.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Count { get; set; } = 1;

    /// <summary>The pictures computed together.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int BatchSize { get; set; } = 1;

    /// <summary>The result's width; the model's by default.</summary>
    [Parameter]
    [ValidateRange(8, 8192)]
    public int? Width { get; set; }

    /// <summary>The result's height; the model's by default.</summary>
    [Parameter]
    [ValidateRange(8, 8192)]
    public int? Height { get; set; }

    /// <summary>What happens to a source of another aspect ratio.</summary>
    [Parameter]
    public ResizeFit Fit { get; set; }

    /// <summary>
    /// The side in pixels of the tiles in which results are decoded, a multiple of 64 for Stable Diffusion's sizes: less memory, and pictures
    /// that differ a little from those decoded whole, as by default.
    /// </summary>
    [Parameter]
    [ValidateRange(8, 8192)]
    public int? TileSize { get; set; }

    /// <summary>Keeps in memory only what is needed at the moment; the rest is read from the model's file again, for each batch.</summary>
    [Parameter]
    public SwitchParameter LowMemory { get; set; }

    /// <summary>Where the results go; by default the folder 'translated' below the current location.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string OutputDirectory { get; set; } = "translated";

    /// <summary>Leaves results that exist as they are and goes on with those that do not: a batch that was stopped is taken up again.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>The model, or its name; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelCompleter))]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    private TranslationOptions Options(ControlBand band, SkipPolicy? policy, ModelConfig model)
    {
        var own = TranslationOptions.For(model, band);
        return own with
        {
            Steps = Steps,
            GuidanceScale = GuidanceScale ?? own.GuidanceScale,
            Eta = Eta ?? own.Eta,
            ControlScale = ControlScale ?? own.ControlScale,
            DynamicThreshold = DynamicThreshold,
            Spacing = TimestepSpacing,
            Width = Width,
            Height = Height,
            Fit = Fit,
            Mode = Mode,
            Policy = policy,
            Tolerance = Tolerance,
            Probe = Probe,
            SkipPath = SkipPath,
            MinFidelity = MinFidelity,
            TileSize = TileSize,
            LowMemory = LowMemory,
            DeepCache = !MyInvocation.BoundParameters.Keys.Any(name => name.StartsWith("DeepCache", StringComparison.Ordinal)) ? null : new()
            {
                Interval = DeepCacheInterval,
                Start = DeepCacheStart,
                Branch = DeepCacheBranch,
                Spacing = DeepCacheSchedule,
                Center = DeepCacheCenter,
                Power = DeepCachePower,
            },
        };
    }
}
