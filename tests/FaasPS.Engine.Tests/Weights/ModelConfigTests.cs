using System.Text;
using System.Text.Json;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Tests.Weights;

public sealed class ModelConfigTests
{
    private static readonly string Tiny = File.ReadAllText(Fixtures.Path("tiny", "model_config.yaml"));
    private static readonly string Full = File.ReadAllText(Fixtures.Path("full", "model_config.yaml"));

    [Fact]
    public void TheTinyModelsConfigurationIsReadWithItsAnchors()
    {
        var config = ModelConfig.Load(Fixtures.Path("tiny", "model_config.yaml"));
        Assert.Equal((0.00085, 0.012, 1000, 0.18215), (config.LinearStart, config.LinearEnd, config.Timesteps, config.ScaleFactor));
        Assert.Equal((16, 4, "low_pass"), (config.ImageSize, config.Channels, config.ControlMode));
        Assert.Equal((false, "eps"), (config.OnlyMidControl, config.Parameterization));
        var unet = config.UNet;
        Assert.Equal((4, 4, 32, 8), (unet.InChannels, unet.OutChannels, unet.ModelChannels, unet.NumHeadChannels!.Value));
        Assert.Equal((64, 1, true), (unet.ContextDim, unet.TransformerDepth, unet.UseLinearInTransformer));
        foreach (var network in (UNetConfig[])[config.UNet, config.Control])
        {
            Assert.Equal([4, 2, 1], network.AttentionResolutions);
            Assert.Equal([1, 1, 1, 2], network.ChannelMult);
            Assert.Equal([1, 1, 1, 1], network.NumResBlocks);
            Assert.Equal(8, network.HeadsAt(64));
            Assert.Null(network.NumHeads);
            Assert.Null(network.HintChannels);
        }
        var vae = config.FirstStage;
        Assert.Equal((4, 4, 128, 3, 3), (vae.EmbedDim, vae.ZChannels, vae.Resolution, vae.InChannels, vae.OutChannels));
        Assert.Equal((32, 1, 8), (vae.Channels, vae.NumResBlocks, vae.Downsampling));
        Assert.Equal([1, 1, 1, 1], vae.ChannelMult);
        Assert.Empty(vae.AttnResolutions);
        Assert.Equal(new TextEncoderConfig { Layer = "penultimate" }, config.Text);
    }

    [Fact]
    public void TheBuiltInConfigurationIsThePublishedOne() =>
        Assert.Equal(Shown(ModelConfig.Parse(Full, "full")), Shown(ModelConfig.FcDiffusion));

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        var odd = ModelConfig.Parse(Full, "full");
        odd = odd with
        {
            LinearStart = 1e-5,
            ScaleFactor = 13,
            ControlMode = null,
            OnlyMidControl = true,
            Parameterization = "v",
            Sampling = new SamplingDefaults { GuidanceScale = 3.5, Eta = 0.25 },
            BandSampling = new Dictionary<ControlBand, SamplingDefaults>
            {
                [ControlBand.LowPass] = new() { Eta = 1, ControlScale = 10 },
                [ControlBand.MidPass] = new() { GuidanceScale = 1, ControlScale = 1.5 },
            },
            UNet = odd.UNet with { NumResBlocks = [1, 2, 3, 2], NumHeadChannels = null, NumHeads = 8 },
            Control = odd.Control with { NumResBlocks = [1, 2, 3, 2], HintChannels = 4 },
            FirstStage = odd.FirstStage with { AttnResolutions = [32, 16] },
            Text = new TextEncoderConfig { Heads = 4, VocabularySize = 49_408 },
        };
        foreach (var config in (ModelConfig[])[ModelConfig.Parse(Tiny, "tiny"), ModelConfig.FcDiffusion, odd])
            Assert.Equal(Shown(config), Shown(ModelConfig.Parse(config.ToYaml(), "written")));
        // YAML 1.1 reads a number with an exponent only if it has a point.
        Assert.Contains("linear_start: 1.0E-05\n", odd.ToYaml(), StringComparison.Ordinal);
    }

    [Fact]
    public void ABandIsSampledAsAllAreButForWhatItsSectionHas()
    {
        var config = ModelConfig.Parse($"{Full}\nsampling:\n  guidance_scale: 3\n  eta: 0.5\n  mid_pass:\n    guidance_scale: 1\n", "full");
        Assert.Equal(new SamplingDefaults { GuidanceScale = 1, Eta = 0.5 }, config.SamplingOf(ControlBand.MidPass));
        Assert.Equal(new SamplingDefaults { GuidanceScale = 3, Eta = 0.5 }, config.SamplingOf(ControlBand.LowPass));
    }

    [Fact]
    public void AFreshTextTowerIsAsWideAsTheUNetsContext()
    {
        var config = ModelConfig.Parse(Tiny, "tiny");
        Assert.Equal((null, 64), (config.Text.Width, ModelShapes.Sized(config).Text.Width));
    }

    [Fact]
    public void AbsentValuesAreTheReferencesDefaults()
    {
        string[] absent =
            ["linear_start", "linear_end", "timesteps", "scale_factor", "control_mode", "only_mid_control",
                "transformer_depth", "use_linear_in_transformer", "layer"];
        var config = ModelConfig.Parse(Without(Full, absent), "full");
        Assert.Equal((1e-4, 2e-2, 1000, 1.0), (config.LinearStart, config.LinearEnd, config.Timesteps, config.ScaleFactor));
        Assert.Equal(new SamplingDefaults { GuidanceScale = 9, Eta = 0, ControlScale = 1 }, config.SamplingOf(ControlBand.MidPass));
        Assert.Null(config.ControlMode);
        Assert.False(config.OnlyMidControl || config.UNet.UseLinearInTransformer || config.Control.UseLinearInTransformer);
        Assert.Equal(1, config.UNet.TransformerDepth);
        Assert.Equal("last", config.Text.Layer);
    }

    [Theory]
    [InlineData("timesteps: 1000", "timesteps: many", "model.params.timesteps is 'many'; it must be an integer from 1 to 100000")]
    [InlineData("timesteps: 1000", "timesteps: 0", "model.params.timesteps is '0'")]
    [InlineData("timesteps: 1000", "timesteps: \"1000\"", "model.params.timesteps is '1000'")]
    [InlineData("timesteps: 1000", "timesteps: [1000]", "model.params.timesteps is '1000'")]
    [InlineData("timesteps: 1000", "timesteps: 99999999999999999999", "model.params.timesteps")]
    [InlineData("linear_end: 0.0120", "linear_end: 0.0001", "model.params.linear_end is '0.0001'; it must be above linear_start, 0.00085")]
    [InlineData("linear_end: 0.0120", "linear_end: .nan", "model.params.linear_end")]
    [InlineData("scale_factor: 0.18215", "scale_factor: 0", "model.params.scale_factor is '0'")]
    [InlineData("control_mode: low_pass", "control_mode: band_pass",
        "model.params.control_mode is 'band_pass'; it must be one of mini_pass, low_pass, mid_pass, high_pass")]
    [InlineData("only_mid_control: False", "only_mid_control: 2", "model.params.only_mid_control is '2'; it must be true or false")]
    [InlineData("control_mode: low_pass", "parameterization: x0", "model.params.parameterization is 'x0'")]
    [InlineData("channels: 4\n    cond", "channels: 8\n    cond", "model.params.unet_config.params.in_channels is '4'; it must be 8")]
    [InlineData("model_channels: 320", "model_channels: 321", "model_channels is '321'; it must be a multiple of 32")]
    [InlineData("num_head_channels: 64", "num_head_channels: 60", "num_head_channels is '60'; it must be a divisor")]
    [InlineData("num_head_channels: 64", "num_head_channels: -1", "num_head_channels is '-1'; it must be given, or else num_heads")]
    [InlineData("context_dim: 1024", "context_dim: null", "context_dim is missing")]
    [InlineData("num_res_blocks: 2\n        channel", "num_res_blocks: [2, 2]\n        channel",
        "num_res_blocks is '2, 2'; it must be an integer, or a list of 4")]
    [InlineData("channel_mult: [ 1, 2, 4, 4 ]", "channel_mult: []", "channel_mult is ''")]
    [InlineData("attention_resolutions: [ 4, 2, 1 ]", "attention_resolutions: [ 4, x, 1 ]", "attention_resolutions is '4, x, 1'")]
    [InlineData("use_spatial_transformer: True", "use_spatial_transformer: False",
        "use_spatial_transformer is 'False'; it must be true: nothing else is implemented")]
    [InlineData("legacy: False", "num_classes: 10", "num_classes is '10'")]
    [InlineData("double_z: true", "double_z: false", "model.params.first_stage_config.params.ddconfig.double_z is 'false'")]
    [InlineData("embed_dim: 4", "embed_dim: 3", "model.params.first_stage_config.params.embed_dim is '3'; it must be 4")]
    [InlineData("layer: \"penultimate\"", "layer: first",
        "model.params.cond_stage_config.params.layer is 'first'; it must be one of last, penultimate")]
    [InlineData("layer: \"penultimate\"", "width: 512", "params.width is '512'; it must be 1024, as unet_config's context_dim")]
    [InlineData("layer: \"penultimate\"", "heads: 10", "params.heads is '10'; it must be a divisor of the width, 1024")]
    [InlineData("layer: \"penultimate\"", "max_length: 32", "params.max_length is '32'; it must be 77")]
    [InlineData("unet_config:", "unet:", "model.params.unet_config is missing; it must be a mapping")]
    [InlineData("model:\n", "sampling: {guidance_scale: -1}\nmodel:\n", "sampling.guidance_scale is '-1'")]
    [InlineData("model:\n", "sampling: {guidance: 4}\nmodel:\n", "sampling.guidance is unknown; sampling may have guidance_scale, eta, control_scale")]
    [InlineData("model:\n", "sampling: {mid_pass: {scale: 2}}\nmodel:\n", "sampling.mid_pass.scale is unknown")]
    [InlineData("model:\n", "sampling: {mid_pass: {control_scale: 11}}\nmodel:\n",
        "sampling.mid_pass.control_scale is '11'; it must be a number from 0 to 10.")]
    [InlineData("model:\n", "sampling: {mid_pass: 2}\nmodel:\n", "sampling.mid_pass is '2'; it must be a mapping")]
    [InlineData("ddconfig:\n", "ddconfig: 3\n        unused:\n", "ddconfig is '3'; it must be a mapping")]
    public void AFalseValueIsNamedWithItsPath(string sound, string broken, string mention)
    {
        Assert.Contains(sound, Full, StringComparison.Ordinal);
        var refusal = Assert.Throws<ConfigException>(() =>
            ModelConfig.Parse(Full.Replace(sound, broken, StringComparison.Ordinal), "broken.yaml"));
        Assert.True(refusal.Message.Contains(mention, StringComparison.Ordinal), $"'{mention}' is not in: {refusal.Message}");
        Assert.Contains("'broken.yaml'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_channels: 320", "model_channels: 640", "320, as in unet_config")]
    [InlineData("context_dim: 1024", "context_dim: 768", "1024, as in unet_config")]
    [InlineData("channel_mult: [ 1, 2, 4, 4 ]", "channel_mult: [ 1, 2, 2, 4 ]", "[1, 2, 4, 4], as in unet_config")]
    [InlineData("num_res_blocks: 2", "num_res_blocks: 3", "[2, 2, 2, 2], as in unet_config")]
    public void AControlBranchThatIsNoCopyOfTheUNetIsRefused(string sound, string broken, string mention)
    {
        // The control branch comes first in the file.
        var at = Full.IndexOf(sound, StringComparison.Ordinal);
        var yaml = Full[..at] + broken + Full[(at + sound.Length)..];
        Assert.Contains(
            mention, Assert.Throws<ConfigException>(() => ModelConfig.Parse(yaml, "broken.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoConfigurationIsRefused()
    {
        // An alias bomb: nine levels of nine aliases. It is never expanded, so it costs nothing and fails for what it lacks.
        var bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 10; i++) bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        (string Yaml, string Mention)[] cases =
        [
            ("", "no YAML mapping"),
            ("just text", "no YAML mapping"),
            ("- a\n- b\n", "no YAML mapping"),
            ("a: 1\n---\nb: 2\n", "no YAML mapping"),
            ("model: [", "no valid YAML at line"),
            ("model: 1\nmodel: 2\n", "no valid YAML"),
            ("model: *nowhere\n", "no valid YAML"),
            ("model: {}", "model.params is missing"),
            ("model:\n  params: *model\n", "no valid YAML"),
            ("model: &m\n  params: *m\n", "broken.yaml"),
            (bomb.ToString(), "model is missing"),
            (new string('[', 100_000), "nested more than 32 levels"),
            (string.Concat(Enumerable.Repeat("{a: ", 10_000)), "nested more than 32 levels"),
            (new string('#', 300_000), "longer than 262144"),
        ];
        foreach (var (yaml, mention) in cases)
        {
            var message = Assert.Throws<ConfigException>(() => ModelConfig.Parse(yaml, "broken.yaml")).Message;
            Assert.True(message.Contains(mention, StringComparison.Ordinal), $"'{mention}' is not in: {message}");
        }
        Assert.Throws<FileNotFoundException>(() => ModelConfig.Load(Fixtures.Path("none.yaml")));
    }

    private static string Without(string yaml, params string[] keys) =>
        string.Join(
            '\n', yaml.Split('\n').Where(line => !keys.Any(key => line.TrimStart().StartsWith(key + ":", StringComparison.Ordinal))));

    private static string Shown(ModelConfig config) => JsonSerializer.Serialize(config);
}
