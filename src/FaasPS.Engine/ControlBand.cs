namespace FaasPS.Engine;

/// <summary>The band of the source latent's DCT spectrum that steers a translation (FCDiffusion, section 3.2).</summary>
public enum ControlBand
{
    /// <summary>The lowest coefficients, shuffled within each anti-diagonal: keeps the style.</summary>
    MiniPass,

    /// <summary>The low coefficients: keeps style, layout and rough semantics.</summary>
    LowPass,

    /// <summary>A ring in the middle: keeps the layout.</summary>
    MidPass,

    /// <summary>The high coefficients: keeps the contours.</summary>
    HighPass,
}

/// <summary>The names that configurations, policies and files use for the bands: <c>mini_pass</c> and so on.</summary>
public static class ControlBands
{
    private static readonly string[] Names = ["mini_pass", "low_pass", "mid_pass", "high_pass"];

    /// <summary>The four bands in the order of their names' table.</summary>
    public static IReadOnlyList<ControlBand> All { get; } = Enum.GetValues<ControlBand>();

    /// <summary>The names, for messages.</summary>
    public static string Valid { get; } = string.Join(", ", Names);

    /// <summary>The band's name, such as <c>high_pass</c>.</summary>
    public static string Name(this ControlBand band) => Names[(int)band];

    /// <summary>Reads <c>high_pass</c>, <c>HighPass</c> or <c>high-pass</c>, in any case.</summary>
    /// <exception cref="FormatException">The text names no band; the message lists the four.</exception>
    public static ControlBand Parse(string text) => TryParse(text, out var band)
        ? band
        : throw new FormatException($"'{text}' is not a control band. Valid bands: {Valid}.");

    /// <summary>Like <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse(string? text, out ControlBand band)
    {
        var name = (text ?? "").Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        foreach (var candidate in All)
        {
            if (!string.Equals(candidate.ToString(), name, StringComparison.OrdinalIgnoreCase)) continue;
            band = candidate;
            return true;
        }
        band = default;
        return false;
    }
}
