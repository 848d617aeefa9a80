using FaasPS.Engine.Skipping;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Models;

/// <summary>Makes a network's units from its weights and numbers them in the order they run.</summary>
internal sealed class UnitBuilder(WeightScope w, Network network, UNetConfig config)
{
    private readonly List<SkippableUnit> units = [];

    /// <summary>The units made so far.</summary>
    public IReadOnlyList<SkippableUnit> Units => units;

    public SkippableUnit ResBlock(string name, long inputs, long outputs) =>
        Add(new ResBlock(w[name], NextUnit(name), inputs, outputs, 4 * config.ModelChannels));

    public SkippableUnit Transformer(string name, long channels) =>
        Add(new SpatialTransformer(w[name], NextUnit(name), channels, config));

    /// <summary>A ResBlock and, at the resolutions that have attention, a transformer.</summary>
    public SkippableUnit[] Block(string name, long inputs, long outputs, int downsampling)
    {
        var resBlock = ResBlock($"{name}.0", inputs, outputs);
        return config.AttentionResolutions.Contains(downsampling) ? [resBlock, Transformer($"{name}.1", outputs)] : [resBlock];
    }

    private Unit NextUnit(string name) => new(network, name, units.Count);

    private SkippableUnit Add(SkippableUnit unit)
    {
        units.Add(unit);
        return unit;
    }
}
