namespace FaasPS.Engine.Calibration;

/// <summary>How scores become verdicts; the reference's defaults.</summary>
public sealed record PolicyRules
{
    /// <summary>How much to skip, in percent: by energy of the U-Net's scores, by ablation of a step's work.</summary>
    public double Percentile { get; init; } = 30;

    /// <summary>Control branch by energy: blocks whose normalised score is below are skipped.</summary>
    public double SkipThreshold { get; init; } = -0.5;

    /// <summary>Control branch by energy: blocks whose normalised score is above run; none: minus the skip threshold.</summary>
    public double? RunThreshold { get; init; }

    internal double RunAbove => RunThreshold ?? -SkipThreshold;

    internal void Validate()
    {
        Require(Percentile is >= 0 and <= 100, nameof(Percentile), Percentile, "from 0 to 100");
        Require(
            SkipThreshold <= RunAbove, nameof(SkipThreshold), SkipThreshold,
            FormattableString.Invariant($"a number not above RunThreshold, which is {RunAbove}"));
    }

    private static void Require(bool holds, string name, double value, string range)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it must be {range}."), name);
    }
}
