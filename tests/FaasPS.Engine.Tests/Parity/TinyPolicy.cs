using System.Text.Json;
using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>The policies that the reference made for the small model.</summary>
internal static class TinyPolicy
{
    /// <summary>The ResBlock of both encoders whose channels change: the reference's own goldens leave it out, because it cannot skip it.</summary>
    private const string ChannelChange = "input_blocks.7.0";

    public static SkipPolicy Get(ControlBand band)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Fixtures.Path("tiny", $"policy_{band.Name()}.json")));
        return new SkipPolicy($"reference's {band.Name()}", band, Model: null, Section("control_model"), Section("diffusion_model"));

        KeyValuePair<string, Verdict>[] Section(string name) =>
        [
            .. json.RootElement.GetProperty(name).EnumerateObject().Select(layer => KeyValuePair.Create(layer.Name, layer.Value.GetString() switch
            {
                "ALWAYS_RUN" => Verdict.AlwaysRun,
                "ALWAYS_SKIP" => Verdict.AlwaysSkip,
                "DYNAMIC_DECISION" => Verdict.DynamicDecision,
                var other => throw new InvalidDataException(other),
            })),
        ];
    }

    public static SkipPolicy WithoutChannelChanges(SkipPolicy policy) => policy with
    {
        ControlModel = [.. policy.ControlModel.Where(pair => pair.Key != ChannelChange)],
        DiffusionModel = [.. policy.DiffusionModel.Where(pair => pair.Key != ChannelChange)],
    };

    /// <summary>A policy with one verdict for every unit.</summary>
    public static SkipPolicy Uniform(Verdict verdict) => Of(_ => verdict);

    /// <summary>A policy with a verdict for every unit.</summary>
    public static SkipPolicy Of(Func<Unit, Verdict> verdict)
    {
        return new SkipPolicy("test", Band: null, Model: null, Section(Network.Control), Section(Network.Diffusion));

        KeyValuePair<string, Verdict>[] Section(Network network) =>
            [.. TinyModel.Get().Units.Where(unit => unit.Network == network).Select(unit => KeyValuePair.Create(unit.Layer, verdict(unit)))];
    }
}
