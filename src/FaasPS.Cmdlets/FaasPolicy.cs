using System.Collections.Specialized;
using FaasPS.Engine;
using FaasPS.Engine.Skipping;

namespace FaasPS.Cmdlets;

/// <summary>A skipping policy: which layers a run may leave out.</summary>
public sealed class FaasPolicy
{
    internal FaasPolicy(SkipPolicy engine)
    {
        Engine = engine;
        (ControlModel, DiffusionModel) = (Ordered(engine.ControlModel), Ordered(engine.DiffusionModel));
    }

    /// <summary>Its name.</summary>
    public string Name => Engine.Name;

    /// <summary>The band it was made for, where it is for one.</summary>
    public string? Band => Engine.Band?.Name();

    /// <summary>The model it was made for, where it is for one.</summary>
    public string? Model => Engine.Model;

    /// <summary>Verdicts on the control branch's layers, by name, in the file's order. Layers that are not named run.</summary>
    public OrderedDictionary ControlModel { get; }

    /// <summary>Verdicts on the U-Net's layers, likewise.</summary>
    public OrderedDictionary DiffusionModel { get; }

    /// <summary>The layers that are never computed.</summary>
    public int Skip => Count(Verdict.AlwaysSkip);

    /// <summary>The layers that always are.</summary>
    public int Run => Count(Verdict.AlwaysRun);

    /// <summary>The layers that are decided about while the run goes.</summary>
    public int Dynamic => Count(Verdict.DynamicDecision);

    /// <summary>The share of a step's multiply-accumulates that it always skips, 0 to 1; none: ask Test-FaasPolicy.</summary>
    public double? MacsSkippable => Engine.MacsSkippable;

    /// <summary>What made it.</summary>
    public string? Origin => Engine.Origin;

    /// <summary>What it was measured to save and to cost; empty before Measure-FaasPolicy.</summary>
    public IReadOnlyList<FidelityPoint> Fidelity => Engine.Fidelity;

    internal SkipPolicy Engine { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private int Count(Verdict verdict) => Engine.ControlModel.Concat(Engine.DiffusionModel).Count(pair => pair.Value == verdict);

    private static OrderedDictionary Ordered(IEnumerable<KeyValuePair<string, Verdict>> section)
    {
        var ordered = new OrderedDictionary(StringComparer.Ordinal);
        foreach (var (layer, verdict) in section) ordered.Add(layer, verdict);
        return ordered.AsReadOnly();
    }
}
