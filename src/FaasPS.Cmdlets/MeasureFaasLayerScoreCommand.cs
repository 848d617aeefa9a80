using System.Management.Automation;
using FaasPS.Engine;
using FaasPS.Engine.Calibration;
using FaasPS.Engine.Frequency;
using FaasPS.Engine.Imaging;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>Measure-FaasLayerScore: scores a model's layers by how much they matter.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "FaasLayerScore", DefaultParameterSetName = "Path")]
[OutputType(typeof(FaasLayerScore))]
public sealed class MeasureFaasLayerScoreCommand : FaasCmdlet
{
    private readonly List<TranslationInput> pairs = [];
    private bool promptIsArgument;

    /// <summary>Pictures to measure on, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Pictures to measure on, their names taken as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The pictures' prompt; by default the text of the .txt file beside each. May be empty.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string? Prompt { get; set; }

    /// <summary>The network whose layers are scored; both by default.</summary>
    [Parameter]
    public Network? Network { get; set; }

    /// <summary>The layers to score, with wildcards; all by default.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LayerCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Layer { get; set; }

    /// <summary>The bands to score for; the model's by default.</summary>
    [Parameter]
    [BandTransformation]
    [ArgumentCompleter(typeof(BandCompleter))]
    [ValidateNotNullOrEmpty]
    public FaasBand[]? Band { get; set; }

    /// <summary>What is measured: Energy, as the reference does; Ablation, which skips one layer after another.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public ScoreKind[] Kind { get; set; } = [ScoreKind.Energy];

    /// <summary>The number of pictures to measure on at most.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Samples { get; set; } = 100;

    /// <summary>The timesteps to measure at.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateRange(0, 999)]
    public int[] Timestep { get; set; } = [100, 500, 900];

    /// <summary>Measures energies on latents noised as in a run, as ablation always does; the reference takes clean ones.</summary>
    [Parameter]
    public SwitchParameter NoisedLatents { get; set; }

    /// <summary>Scores as the reference does: its mask, whose radius starts in the middle of the spectrum, and no output blocks.</summary>
    [Parameter]
    public SwitchParameter Reference { get; set; }

    /// <summary>The first picture's seed, for noise and mini_pass's permutation; each further one's is one higher.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long Seed { get; set; }

    /// <summary>The model, or its name; the last imported by default, else the one that ships with the module.</summary>
    [Parameter]
    [ModelTransformation]
    [ArgumentCompleter(typeof(ModelCompleter))]
    [ValidateNotNull]
    public FaasModel? Model { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => promptIsArgument = MyInvocation.BoundParameters.ContainsKey(nameof(Prompt));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var literal = ParameterSetName == "LiteralPath";
        foreach (var picture in ResolveFiles(literal ? LiteralPath : Path, literal))
        {
            if (pairs.Count >= Samples) return;
            Attempt(picture, () =>
            {
                if (PromptOf(picture, Prompt, promptIsArgument) is { } prompt)
                    pairs.Add(new TranslationInput(ImageReader.Read(picture), prompt, Seed + pairs.Count));
            });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (pairs.Count == 0)
        {
            WriteError(ErrorRecords.PairMissing());
            return;
        }
        Attempt(Model, () =>
        {
            var model = Model ?? DefaultModel();
            var options = new ScoringOptions
            {
                Bands = Band is null ? [ControlBands.Parse(model.Band)] : Array.ConvertAll(Band, band => band.Value),
                Network = Network,
                Layers = Layer is null ? null : LayersOf(model),
                Timesteps = Timestep,
                NoisedLatents = NoisedLatents,
                OutputBlocks = !Reference,
                Mask = Reference ? RadialOrigin.Centre : RadialOrigin.Corner,
            };
            foreach (var score in LayerScoring.Measure(this, model, pairs, options, Kind, Stopped))
                WriteObject(FaasLayerScore.From(score));
        });
    }

    /// <summary>The model's layers that are asked for; a name that fits none is an error, the others are scored.</summary>
    private HashSet<string> LayersOf(FaasModel model)
    {
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in Layer!)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var found = model.Layers.Where(pattern.IsMatch).ToArray();
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteError(ErrorRecords.LayerMissing(name, model));
            chosen.UnionWith(found);
        }
        return chosen;
    }
}
