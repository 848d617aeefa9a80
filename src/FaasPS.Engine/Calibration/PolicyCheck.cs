using FaasPS.Engine.Models;
using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Calibration;

/// <summary>How a policy fits a model.</summary>
/// <param name="Unknown">Layers with verdicts or tolerances that the model does not have, with their network's name.</param>
/// <param name="NotSkippable">Layers that it has and that are no units: plain, down- and upsampling convolutions.</param>
/// <param name="Repeated">Layers that the policy names more than once.</param>
/// <param name="Unnamed">The model's units that the policy does not name: they run.</param>
/// <param name="MacsSkippable">The share of a step's multiply-accumulates that ALWAYS_SKIP saves, 0 to 1.</param>
/// <param name="MacsAtBest">The same if every DYNAMIC_DECISION is to skip.</param>
public sealed record PolicyFit(
    IReadOnlyList<string> Unknown, IReadOnlyList<string> NotSkippable, IReadOnlyList<string> Repeated, IReadOnlyList<string> Unnamed,
    double MacsSkippable, double MacsAtBest)
{
    /// <summary>Whether its layers are the model's, whatever model it names.</summary>
    public bool IsValid => Unknown.Count + NotSkippable.Count + Repeated.Count == 0;
}

/// <summary>Compares a policy with a model.</summary>
public static class PolicyCheck
{
    /// <summary>Finds what of a policy does not fit a model, and what the rest of it saves at the model's own size.</summary>
    public static PolicyFit Fit(SkipPolicy policy, FcDiffusionModel model)
    {
        var units = model.Control.Units.Concat(model.UNet.Units).ToDictionary(
            unit => unit.Unit.ToString(), unit => unit.Unit, StringComparer.Ordinal);
        var named = Name(policy.ControlModel, Network.Control).Concat(Name(policy.DiffusionModel, Network.Diffusion)).ToArray();
        var plain = Plain(model.Config.Control, Network.Control).Concat(Plain(model.Config.UNet, Network.Diffusion))
            .ToHashSet(StringComparer.Ordinal);
        var strangers = named.Select(pair => pair.Key).Concat(policy.UnitTolerances.Keys).Where(layer => !units.ContainsKey(layer)).Distinct(StringComparer.Ordinal).ToArray();
        var side = model.Config.ImageSize;
        var macs = new MacCount(model, side, side, batch: 1);
        double Share(params Verdict[] verdicts) => named
            .Where(pair => verdicts.Contains(pair.Value)).DistinctBy(pair => pair.Key, StringComparer.Ordinal)
            .Sum(pair => units.TryGetValue(pair.Key, out var unit) ? macs.Residual(unit) : 0) / (double)macs.Full;
        return new PolicyFit(
            [.. strangers.Where(layer => !plain.Contains(layer))],
            [.. strangers.Where(plain.Contains)],
            [.. named.GroupBy(pair => pair.Key, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)],
            [.. units.Keys.Except(named.Select(pair => pair.Key), StringComparer.Ordinal)],
            Share(Verdict.AlwaysSkip), Share(Verdict.AlwaysSkip, Verdict.DynamicDecision));
    }

    /// <summary>Verdicts by the layers' names with their network's, as <see cref="Unit"/> prints them.</summary>
    private static IEnumerable<KeyValuePair<string, Verdict>> Name(IEnumerable<KeyValuePair<string, Verdict>> section, Network network) =>
        section.Select(pair => KeyValuePair.Create(new Unit(network, pair.Key, 0).ToString(), pair.Value));

    /// <summary>The convolutions between the units: the first one, and one between every two levels on the way down and up.</summary>
    private static IEnumerable<string> Plain(UNetConfig config, Network network)
    {
        string Named(string layer) => new Unit(network, layer, 0).ToString();
        yield return Named("input_blocks.0.0");
        var levels = config.ChannelMult.Length;
        var block = 0;
        for (var level = 0; level < levels - 1; level++)
        {
            block += config.NumResBlocks[level] + 1;
            yield return Named($"input_blocks.{block}.0");
        }
        if (network == Network.Control) yield break;
        block = -1;
        for (var level = levels - 1; level > 0; level--)
        {
            block += config.NumResBlocks[level] + 1;
            var units = config.AttentionResolutions.Contains(1 << level) ? 2 : 1;
            yield return Named($"output_blocks.{block}.{units}");
        }
    }
}
