using System.Globalization;

namespace FaasPS.Cmdlets.Reports;

/// <summary>Numbers as reports show them, the same in every culture.</summary>
internal static class Figures
{
    private static readonly (double Unit, string Name)[] Units = [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")];

    /// <summary>0.423 as <c>42.3 %</c>, and whole percents without a fraction.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(100 * share, 1):0.#} %");

    /// <summary>12345678 as <c>12.3 M</c>.</summary>
    public static string Count(double value)
    {
        var (unit, name) = Units.FirstOrDefault(u => Math.Abs(value) >= u.Unit, (1, ""));
        return string.Create(CultureInfo.InvariantCulture, $"{Significant(value / unit)} {name}").TrimEnd();
    }

    /// <summary>Three significant digits.</summary>
    public static string Significant(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return value.ToString(CultureInfo.InvariantCulture);
        var digits = 2 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits is >= 0 and <= 6
            ? value.ToString($"F{digits}", CultureInfo.InvariantCulture)
            : value.ToString(digits < 0 && digits > -6 ? "F0" : "0.##e0", CultureInfo.InvariantCulture);
    }

    /// <summary>In decibels; equal pictures have no finite number.</summary>
    public static string Decibels(double psnr) =>
        double.IsPositiveInfinity(psnr) ? "equal" : string.Create(CultureInfo.InvariantCulture, $"{psnr:0.0} dB");

    public static string Seconds(TimeSpan time) => time.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{Significant(time.TotalSeconds)} s")
        : time.ToString(time.TotalHours < 1 ? @"m\:ss\ \m\i\n" : @"h\:mm\:ss", CultureInfo.InvariantCulture);
}
