using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Calibration;

/// <summary>What was measured of each layer or block for each band, in the order of samples and, within each, of timesteps.</summary>
internal sealed class Measurements
{
    private readonly Dictionary<(Network, string, ControlBand), List<double>> values = [];

    public void Add(Network network, string layer, ControlBand band, IEnumerable<float> measured)
    {
        if (!values.TryGetValue((network, layer, band), out var list)) values[(network, layer, band)] = list = [];
        list.AddRange(measured.Select(value => (double)value));
    }

    public IReadOnlyList<double> Of(Network network, string layer, ControlBand band) => values[(network, layer, band)];

    /// <summary>What was measured for a band, in the order in which it was first measured.</summary>
    public IEnumerable<string> Layers(Network network, ControlBand band) =>
        values.Keys.Where(key => key.Item1 == network && key.Item3 == band).Select(key => key.Item2);
}
