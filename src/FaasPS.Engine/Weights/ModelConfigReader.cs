using static System.FormattableString;

namespace FaasPS.Engine.Weights;

/// <summary>Reads FCDiffusion's model_config.yaml. Where a value is absent, it is what the constructors of the reference (ldm) default to;
/// the classes that 'target' names are never looked up.</summary>
internal static class ModelConfigReader
{
    /// <summary>GroupNorm has 32 groups everywhere.</summary>
    private const int Groups = 32;

    private const int MaxTimesteps = 100_000;

    public static ModelConfig Read(ConfigNode root)
    {
        var model = root.Map("model").Map("params");
        model.MustBe("beta_schedule", "linear");
        model.MustBe("conditioning_key", "crossattn");
        model.MustBe("scale_by_std", "false");
        var unet = model.Map("unet_config").Map("params");
        var control = model.Map("control_stage_config").Map("params");
        var firstStage = model.Map("first_stage_config").Map("params");
        var (sampling, bandSampling) = Sampling(root);
        var config = new ModelConfig
        {
            LinearStart = model.Positive("linear_start", 1e-4, 0.999),
            LinearEnd = model.Positive("linear_end", 2e-2, 0.999),
            Timesteps = model.Int("timesteps", 1000, MaxTimesteps),
            ScaleFactor = model.Positive("scale_factor", 1, 1e6),
            ImageSize = model.Int("image_size", 256),
            Channels = model.Int("channels", 3),
            ControlMode = model.Choice("control_mode", null, "mini_pass", "low_pass", "mid_pass", "high_pass"),
            OnlyMidControl = model.Flag("only_mid_control", false),
            Parameterization = model.Choice("parameterization", "eps", "eps", "v")!,
            Sampling = sampling,
            BandSampling = bandSampling,
            UNet = UNet(unet, unet.Int("out_channels")),
            Control = UNet(control, control.Int("out_channels", control.Int("in_channels"))),
            FirstStage = Autoencoder(firstStage),
            Text = Text(model.Map("cond_stage_config").Map("params"), unet.Int("context_dim")),
        };
        CheckAgreement(config, model, unet, control, firstStage);
        return config;
    }

    /// <summary>A section of this project's own: the reference's classes refuse parameters that they do not know.</summary>
    private static (SamplingDefaults All, Dictionary<ControlBand, SamplingDefaults> Bands) Sampling(ConfigNode root)
    {
        if (root.OptionalMap("sampling") is not { } sampling) return (new(), []);
        string[] keys = ["guidance_scale", "eta", "control_scale"];
        sampling.MustOnlyHave([.. keys, .. ControlBands.All.Select(band => band.Name())]);
        var all = Read(sampling, new());
        return (all, ControlBands.All.Where(band => sampling.Has(band.Name())).ToDictionary(band => band, band =>
        {
            var own = sampling.Map(band.Name());
            own.MustOnlyHave(keys);
            return Read(own, all);
        }));

        static SamplingDefaults Read(ConfigNode node, SamplingDefaults otherwise) => new()
        {
            GuidanceScale = node.Number("guidance_scale", otherwise.GuidanceScale, 100),
            Eta = node.Number("eta", otherwise.Eta, 1),
            ControlScale = node.Number("control_scale", otherwise.ControlScale, 10),
        };
    }

    private static UNetConfig UNet(ConfigNode node, int outChannels)
    {
        node.MustBe("dims", "2");
        node.MustBe("use_spatial_transformer", "true");
        node.MustBe("conv_resample", "true");
        foreach (var key in (string[])["use_scale_shift_norm", "resblock_updown", "disable_middle_self_attn"]) node.MustBe(key, "false");
        foreach (var key in (string[])["num_classes", "n_embed", "disable_self_attentions", "num_attention_blocks"])
            node.MustBe(key, "null");

        var multipliers = Levels(node, "channel_mult", [1, 2, 4, 8]);
        var config = new UNetConfig
        {
            InChannels = node.Int("in_channels"),
            OutChannels = outChannels,
            ModelChannels = node.Int("model_channels"),
            AttentionResolutions = node.Ints("attention_resolutions"),
            NumResBlocks = node.IntPerLevel("num_res_blocks", multipliers.Length),
            ChannelMult = multipliers,
            NumHeadChannels = Unset(node, "num_head_channels"),
            NumHeads = Unset(node, "num_heads"),
            TransformerDepth = node.Int("transformer_depth", 1),
            ContextDim = node.Int("context_dim"),
            UseLinearInTransformer = node.Flag("use_linear_in_transformer", false),
            HintChannels = node.OptionalInt("hint_channels"),
        };
        if (config.ModelChannels % Groups != 0)
            throw node.Bad("model_channels", Invariant($"a multiple of {Groups}, the number of groups in GroupNorm"));
        if (config.NumHeadChannels is null && config.NumHeads is null) throw node.Bad("num_head_channels", "given, or else num_heads");
        foreach (var channels in multipliers.Select(multiplier => multiplier * config.ModelChannels))
        {
            var (key, heads) = config.NumHeadChannels is { } size ? ("num_head_channels", size) : ("num_heads", config.NumHeads!.Value);
            if (channels % heads != 0) throw node.Bad(key, Invariant($"a divisor of every level's channels, {channels} among them"));
        }
        return config;
    }

    private static AutoencoderConfig Autoencoder(ConfigNode node)
    {
        var network = node.Map("ddconfig");
        network.MustBe("double_z", "true");
        network.MustBe("resamp_with_conv", "true");
        network.MustBe("use_linear_attn", "false");
        network.MustBe("attn_type", "vanilla", "vanilla-xformers");
        var config = new AutoencoderConfig
        {
            EmbedDim = node.Int("embed_dim"),
            ZChannels = network.Int("z_channels"),
            Resolution = network.Int("resolution"),
            InChannels = network.Int("in_channels"),
            OutChannels = network.Int("out_ch"),
            Channels = network.Int("ch"),
            ChannelMult = Levels(network, "ch_mult", [1, 2, 4, 8]),
            NumResBlocks = network.Int("num_res_blocks"),
            AttnResolutions = network.Ints("attn_resolutions"),
        };
        if (config.Channels % Groups != 0) throw network.Bad("ch", Invariant($"a multiple of {Groups}, the number of groups in GroupNorm"));
        return config;
    }

    private static TextEncoderConfig Text(ConfigNode node, int contextDim)
    {
        node.MustBe("max_length", Invariant($"{TextEncoderConfig.ContextLength}"));
        var config = new TextEncoderConfig
        {
            Layer = node.Choice("layer", "last", "last", "penultimate")!,
            Width = node.OptionalInt("width"),
            Layers = node.OptionalInt("layers"),
            Heads = node.OptionalInt("heads"),
            VocabularySize = node.OptionalInt("vocab_size", max: 65_535), // CLIP's has 49408
        };
        if ((config.Width ?? contextDim) != contextDim)
            throw node.Bad("width", Invariant($"{contextDim}, as unet_config's context_dim: the U-Net attends to the text tower's embeddings"));
        if (contextDim % (config.Heads ?? 1) != 0) throw node.Bad("heads", Invariant($"a divisor of the width, {contextDim}"));
        return config;
    }

    private static void CheckAgreement(ModelConfig config, ConfigNode model, ConfigNode unet, ConfigNode control, ConfigNode firstStage)
    {
        if (config.LinearEnd <= config.LinearStart) throw model.Bad("linear_end", Invariant($"above linear_start, {config.LinearStart}"));
        string Channels(string whose) => Invariant($"{config.Channels}, as model.params.channels: {whose}");
        if (config.UNet.InChannels != config.Channels) throw unet.Bad("in_channels", Channels("the U-Net works on latents"));
        if (config.UNet.OutChannels != config.Channels) throw unet.Bad("out_channels", Channels("the U-Net works on latents"));
        if (config.FirstStage.EmbedDim != config.Channels) throw firstStage.Bad("embed_dim", Channels("the autoencoder makes the latents"));
        if (config.Control.InChannels != config.Channels)
            throw control.Bad("in_channels", Channels("the control branch sees the same latents"));

        const string copy = "as in unet_config: the control branch is a copy of the U-Net's encoder";
        if (config.Control.ModelChannels != config.UNet.ModelChannels)
            throw control.Bad("model_channels", Invariant($"{config.UNet.ModelChannels}, {copy}"));
        if (config.Control.ContextDim != config.UNet.ContextDim)
            throw control.Bad("context_dim", Invariant($"{config.UNet.ContextDim}, {copy}"));
        if (!config.Control.ChannelMult.AsSpan().SequenceEqual(config.UNet.ChannelMult))
            throw control.Bad("channel_mult", $"[{string.Join(", ", config.UNet.ChannelMult)}], {copy}");
        if (!config.Control.NumResBlocks.AsSpan().SequenceEqual(config.UNet.NumResBlocks))
            throw control.Bad("num_res_blocks", $"[{string.Join(", ", config.UNet.NumResBlocks)}], {copy}");
    }

    private static int[] Levels(ConfigNode node, string key, int[] otherwise) =>
        node.Ints(key, otherwise) is { Length: > 0 } levels ? levels : throw node.Bad(key, "a list of one integer or more");

    private static int? Unset(ConfigNode node, string key) => node.IsMinusOne(key) ? null : node.OptionalInt(key);
}
