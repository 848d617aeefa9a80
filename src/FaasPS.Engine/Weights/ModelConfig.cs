namespace FaasPS.Engine.Weights;

/// <summary>What model_config.yaml says of a model: every size that the weights alone do not tell, and the noise schedule.</summary>
public sealed record ModelConfig
{
    /// <summary>First and last beta; their square roots are evenly spaced in between.</summary>
    public double LinearStart { get; init; } = 1e-4;

    /// <inheritdoc cref="LinearStart"/>
    public double LinearEnd { get; init; } = 2e-2;

    /// <summary>Training timesteps, 1000 in every published model.</summary>
    public int Timesteps { get; init; } = 1000;

    /// <summary>Latents are the autoencoder's code times this.</summary>
    public double ScaleFactor { get; init; } = 1;

    /// <summary>Height and width of the latents that the model was trained on.</summary>
    public int ImageSize { get; init; } = 256;

    /// <summary>Channels of the latents.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>The band it was trained for: mini_pass, low_pass, mid_pass or high_pass; null where the file does not say.</summary>
    public string? ControlMode { get; init; }

    /// <summary>Whether the control branch acts on the middle block alone.</summary>
    public bool OnlyMidControl { get; init; }

    /// <summary>What the U-Net predicts: "eps" (the noise) or "v".</summary>
    public string Parameterization { get; init; } = "eps";

    /// <summary>How to sample unless the caller says: the section sampling, the reference's values where the file has none.</summary>
    public SamplingDefaults Sampling { get; init; } = new();

    /// <summary>The same of bands that the section has a section for, such as sampling.mid_pass.</summary>
    public IReadOnlyDictionary<ControlBand, SamplingDefaults> BandSampling { get; init; } = new Dictionary<ControlBand, SamplingDefaults>();

    public required UNetConfig UNet { get; init; }

    public required UNetConfig Control { get; init; }

    public required AutoencoderConfig FirstStage { get; init; }

    public required TextEncoderConfig Text { get; init; }

    /// <summary>The published FCDiffusion: Stable Diffusion 2.1-base's sizes, 512x512 images.</summary>
    public static ModelConfig FcDiffusion => new()
    {
        LinearStart = 0.00085,
        LinearEnd = 0.012,
        ScaleFactor = 0.18215,
        ImageSize = 64,
        Channels = 4,
        ControlMode = "low_pass",
        UNet = new UNetConfig { ModelChannels = 320, NumHeadChannels = 64, ContextDim = 1024 },
        Control = new UNetConfig { ModelChannels = 320, NumHeadChannels = 64, ContextDim = 1024 },
        FirstStage = new AutoencoderConfig(),
        Text = new TextEncoderConfig { Layer = "penultimate" },
    };

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ConfigException">Missing, ill-typed or contradictory values; the message names their YAML path.</exception>
    public static ModelConfig Load(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no model configuration '{path}'.", path);
        if (new FileInfo(path).Length > ConfigNode.MaxLength)
            throw new ConfigException($"'{path}' is too large for a model_config.yaml.");
        return Parse(File.ReadAllText(path), path);
    }

    /// <param name="yaml">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <inheritdoc cref="Load"/>
    public static ModelConfig Parse(string yaml, string name) => ModelConfigReader.Read(ConfigNode.Parse(yaml, name));

    /// <summary>How to sample with a band's branch unless the caller says.</summary>
    public SamplingDefaults SamplingOf(ControlBand band) => BandSampling.GetValueOrDefault(band, Sampling);

    /// <summary>The configuration as FCDiffusion's own loader reads it.</summary>
    public string ToYaml() => ModelConfigWriter.Write(this);
}
