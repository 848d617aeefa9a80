using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Tests.Parity;

/// <summary>The policies that the reference made for the small model.</summary>
internal static class TinyPolicy
{
    /// <summary>The encoders' ResBlock whose channels change: the reference cannot skip it and leaves it out.</summary>
    private const string ChannelChange = "input_blocks.7.0";

    public static SkipPolicy Get(ControlBand band) =>
        PolicyFile.Read(Fixtures.Path("tiny", $"policy_{band.Name()}.json")) with { Band = band };

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
        [
            .. TinyModel.Get().Units.Where(unit => unit.Network == network)
                .Select(unit => KeyValuePair.Create(unit.Layer, verdict(unit))),
        ];
    }
}
