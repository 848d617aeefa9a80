namespace FaasPS.Cmdlets.Reports;

/// <summary>Maps values onto an axis, from pixel to pixel.</summary>
internal readonly record struct Scale(double Low, double High, double From, double To)
{
    public double this[double value] => From + ((To - From) * (Math.Clamp(value, Low, High) - Low) / (High - Low));

    /// <summary>An axis that holds the values, with a little air around them.</summary>
    public static Scale Around(IEnumerable<double> values, double from, double to)
    {
        var all = values.ToArray();
        var (low, high) = (all.Min(), all.Max());
        var air = high > low ? 0.08 * (high - low) : Math.Max(0.1 * Math.Abs(high), 0.01);
        return new Scale(low - air, high + air, from, to);
    }

    /// <summary>Round values on the axis, about as many as asked for: 1, 2 or 5 times a power of ten apart.</summary>
    public IEnumerable<double> Ticks(int about)
    {
        var raw = (High - Low) / about;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        for (var i = (long)Math.Ceiling(Low / step - 1e-9); i * step <= High + (1e-9 * step); i++) yield return i * step;
    }
}
