using System.Globalization;
using System.Text;

namespace FaasPS.Engine.Weights;

/// <summary>Writes a configuration with the keys and class names that FCDiffusion's own loader expects.</summary>
internal static class ModelConfigWriter
{
    public static string Write(ModelConfig config)
    {
        var yaml = new StringBuilder();
        void Line(int indent, string key, object? value)
        {
            if (value is not null)
                yaml.Append(' ', 2 * indent).Append(key).Append(value is "" ? ":" : ": ").Append(Text(value)).Append('\n');
        }

        Line(0, "model", "");
        Line(1, "target", "fcdiffusion.fcdiffusion.FCDiffusion");
        Line(1, "params", "");
        Line(2, "linear_start", config.LinearStart);
        Line(2, "linear_end", config.LinearEnd);
        Line(2, "num_timesteps_cond", 1);
        Line(2, "timesteps", config.Timesteps);
        Line(2, "first_stage_key", "jpg");
        Line(2, "cond_stage_key", "txt");
        Line(2, "image_size", config.ImageSize);
        Line(2, "channels", config.Channels);
        Line(2, "cond_stage_trainable", false);
        Line(2, "conditioning_key", "crossattn");
        Line(2, "scale_factor", config.ScaleFactor);
        Line(2, "use_ema", false);
        Line(2, "parameterization", config.Parameterization);
        Line(2, "only_mid_control", config.OnlyMidControl);
        Line(2, "control_mode", config.ControlMode);

        Line(2, "control_stage_config", "");
        Line(3, "target", "fcdiffusion.fcdiffusion.FreqControlNet");
        UNet(config.Control, isControl: true);
        Line(2, "unet_config", "");
        Line(3, "target", "fcdiffusion.fcdiffusion.ControlledUnetModel");
        UNet(config.UNet, isControl: false);

        Line(2, "first_stage_config", "");
        Line(3, "target", "ldm.models.autoencoder.AutoencoderKL");
        Line(3, "params", "");
        Line(4, "embed_dim", config.FirstStage.EmbedDim);
        Line(4, "ddconfig", "");
        Line(5, "double_z", config.FirstStage.DoubleZ);
        Line(5, "z_channels", config.FirstStage.ZChannels);
        Line(5, "resolution", config.FirstStage.Resolution);
        Line(5, "in_channels", config.FirstStage.InChannels);
        Line(5, "out_ch", config.FirstStage.OutChannels);
        Line(5, "ch", config.FirstStage.Channels);
        Line(5, "ch_mult", config.FirstStage.ChannelMult);
        Line(5, "num_res_blocks", config.FirstStage.NumResBlocks);
        Line(5, "attn_resolutions", config.FirstStage.AttnResolutions);
        Line(5, "dropout", 0.0);
        Line(4, "lossconfig", "");
        Line(5, "target", "torch.nn.Identity");

        Line(2, "cond_stage_config", "");
        Line(3, "target", "ldm.modules.encoders.modules.FrozenOpenCLIPEmbedder");
        Line(3, "params", "");
        Line(4, "freeze", true);
        Line(4, "layer", config.Text.Layer);
        Line(4, "max_length", TextEncoderConfig.ContextLength);
        Line(4, "width", config.Text.Width);
        Line(4, "layers", config.Text.Layers);
        Line(4, "heads", config.Text.Heads);
        Line(4, "vocab_size", config.Text.VocabularySize);

        Line(0, "sampling", "");
        Sampling(1, config.Sampling);
        foreach (var (band, sampling) in config.BandSampling)
        {
            Line(1, band.Name(), "");
            Sampling(2, sampling);
        }
        return yaml.ToString();

        void Sampling(int depth, SamplingDefaults sampling)
        {
            Line(depth, "guidance_scale", sampling.GuidanceScale);
            Line(depth, "eta", sampling.Eta);
            Line(depth, "control_scale", sampling.ControlScale);
        }

        void UNet(UNetConfig unet, bool isControl)
        {
            Line(3, "params", "");
            Line(4, "use_checkpoint", false);
            Line(4, "image_size", config.ImageSize);
            Line(4, "in_channels", unet.InChannels);
            Line(4, "out_channels", isControl ? null : unet.OutChannels);
            Line(4, "hint_channels", unet.HintChannels);
            Line(4, "model_channels", unet.ModelChannels);
            Line(4, "attention_resolutions", unet.AttentionResolutions);
            Line(4, "num_res_blocks", unet.NumResBlocks.Distinct().Count() == 1 ? unet.NumResBlocks[0] : unet.NumResBlocks);
            Line(4, "channel_mult", unet.ChannelMult);
            Line(4, "num_head_channels", unet.NumHeadChannels);
            Line(4, "num_heads", unet.NumHeads);
            Line(4, "use_spatial_transformer", true);
            Line(4, "use_linear_in_transformer", unet.UseLinearInTransformer);
            Line(4, "transformer_depth", unet.TransformerDepth);
            Line(4, "context_dim", unet.ContextDim);
            Line(4, "legacy", false);
        }
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        int[] list => $"[{string.Join(", ", list)}]",
        double number => Number(number),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    // YAML 1.1, which the reference's loader speaks, takes 1E-05 for text and 1.0E-05 for a number.
    private static string Number(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        if (text.Contains('.', StringComparison.Ordinal)) return text;
        var exponent = text.IndexOf('E', StringComparison.Ordinal);
        return exponent < 0 ? $"{text}.0" : text.Insert(exponent, ".0");
    }
}
