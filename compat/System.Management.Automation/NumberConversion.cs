using System.Globalization;

namespace System.Management.Automation;

/// <summary>Numbers from numbers and text: 0x1F, 1e3, 2kb; fractions are rounded to even when an integer is wanted.</summary>
internal static class NumberConversion
{
    private static readonly (string Suffix, long Factor)[] Suffixes =
        [("kb", 1L << 10), ("mb", 1L << 20), ("gb", 1L << 30), ("tb", 1L << 40), ("pb", 1L << 50)];

    /// <summary>Null when <paramref name="value"/> is neither number nor text nor convertible to a number.</summary>
    public static object? TryConvert(object value, Type type, IFormatProvider provider)
    {
        object? number = value switch
        {
            string text => Parse(text, type),
            IConvertible => value,
            _ => null,
        };
        if (number is null)
            return value is string ? throw Conversion.Failure(value, type, "The input string was not in a correct format.") : null;
        try
        {
            return System.Convert.ChangeType(number, type, provider);
        }
        catch (Exception e) when (e is OverflowException or FormatException or InvalidCastException)
        {
            throw Conversion.Failure(value, type, e.Message, e);
        }
    }

    private static object? Parse(string text, Type type)
    {
        text = text.Trim();
        if (text.Length == 0)
            return 0;
        long factor = 1;
        foreach ((string suffix, long scale) in Suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && !text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                (text, factor) = (text[..^2], scale);
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) ? hex : null;
        if (type != typeof(double) && type != typeof(float)
            && decimal.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out decimal exact)
            && Math.Abs(exact) < 1e12m)
            return exact * factor;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer) && factor == 1
            && type != typeof(double) && type != typeof(float)
            ? integer
            : double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double real)
                ? real * factor : null;
    }
}
