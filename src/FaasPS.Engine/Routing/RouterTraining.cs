using System.Globalization;

namespace FaasPS.Engine.Routing;

/// <summary>What is known of a router's training; it travels in the router's file.</summary>
/// <param name="Prompts">The labelled prompts, held-out ones included.</param>
/// <param name="TrainError">The mean squared error between logit and label over the prompts it learnt from.</param>
/// <param name="HoldOutError">The same over those held out; none where nothing was.</param>
/// <param name="Threshold">The threshold advised: the median of its scores over all of the prompts.</param>
public sealed record RouterTraining(int Prompts, double TrainError, double? HoldOutError, double Threshold)
{
    internal IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["prompts"] = Prompts.ToString(CultureInfo.InvariantCulture),
            ["train_error"] = TrainError.ToString(CultureInfo.InvariantCulture),
            ["threshold"] = Threshold.ToString(CultureInfo.InvariantCulture),
        };
        if (HoldOutError is { } error) metadata["hold_out_error"] = error.ToString(CultureInfo.InvariantCulture);
        return metadata;
    }

    /// <summary>None where a file says nothing, as the reference's do.</summary>
    internal static RouterTraining? FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        double? Number(string key) => double.TryParse(
            metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        return (Number("prompts"), Number("train_error"), Number("threshold")) is ({ } prompts, { } error, { } threshold and >= 0 and <= 1)
            ? new RouterTraining((int)prompts, error, Number("hold_out_error"), threshold)
            : null;
    }
}
