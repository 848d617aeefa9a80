using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace System.Management.Automation;

/// <summary>PowerShell's notions of truth, equality, order, enumeration and conversion.</summary>
public static class LanguagePrimitives
{
    public static object? ConvertTo(object? valueToConvert, Type resultType) =>
        ConvertTo(valueToConvert, resultType, CultureInfo.InvariantCulture);

    public static object? ConvertTo(object? valueToConvert, Type resultType, IFormatProvider? formatProvider)
    {
        ArgumentNullException.ThrowIfNull(resultType);
        return Conversion.Convert(valueToConvert, resultType, formatProvider ?? CultureInfo.InvariantCulture);
    }

    public static T? ConvertTo<T>(object? valueToConvert) => (T?)ConvertTo(valueToConvert, typeof(T), CultureInfo.InvariantCulture);

    public static bool TryConvertTo<T>(object? valueToConvert, [MaybeNullWhen(false)] out T result) =>
        TryConvertTo(valueToConvert, CultureInfo.InvariantCulture, out result);

    public static bool TryConvertTo<T>(object? valueToConvert, IFormatProvider? formatProvider, [MaybeNullWhen(false)] out T result)
    {
        bool converted = TryConvertTo(valueToConvert, typeof(T), formatProvider, out object? value);
        result = converted ? (T)value! : default;
        return converted;
    }

    public static bool TryConvertTo(object? valueToConvert, Type resultType, out object? result) =>
        TryConvertTo(valueToConvert, resultType, CultureInfo.InvariantCulture, out result);

    public static bool TryConvertTo(object? valueToConvert, Type resultType, IFormatProvider? formatProvider, out object? result)
    {
        try
        {
            result = ConvertTo(valueToConvert, resultType, formatProvider);
            return true;
        }
        catch (InvalidCastException)
        {
            result = null;
            return false;
        }
    }

    /// <summary>False for null, zero, the empty string and the empty collection; a collection of one is as true as its element.</summary>
    public static bool IsTrue(object? obj) => PSObject.Base(obj) switch
    {
        null => false,
        bool truth => truth,
        string text => text.Length > 0,
        SwitchParameter given => given.IsPresent,
        IList list => list.Count switch
        {
            0 => false,
            1 => IsTrue(list[0]),
            _ => true,
        },
        char character => character != '\0',
        Enum value => Convert.ToInt64(value, CultureInfo.InvariantCulture) != 0,
        var value when IsNumber(value) => Convert.ToDouble(value, CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    public static new bool Equals(object? first, object? second) => Equals(first, second, ignoreCase: false);

    public static bool Equals(object? first, object? second, bool ignoreCase)
    {
        first = PSObject.Base(first);
        second = PSObject.Base(second);
        if (first is null || second is null)
            return first is null && second is null;
        if (first is string text)
        {
            return string.Equals(
                text, PSObject.ToText(second),
                ignoreCase ? StringComparison.InvariantCultureIgnoreCase : StringComparison.InvariantCulture);
        }

        return first.Equals(second)
            || (TryConvertTo(second, first.GetType(), CultureInfo.InvariantCulture, out object? converted) && first.Equals(converted));
    }

    public static int Compare(object? first, object? second) => Compare(first, second, ignoreCase: false);

    /// <summary>Orders two values, the second converted to the type of the first; numbers of any type by value. Null comes first.</summary>
    public static int Compare(object? first, object? second, bool ignoreCase)
    {
        first = PSObject.Base(first);
        second = PSObject.Base(second);
        if (first is null || second is null)
            return (first is null ? 0 : 1) - (second is null ? 0 : 1);
        if (first is string text)
            return string.Compare(text, PSObject.ToText(second), ignoreCase, CultureInfo.InvariantCulture);
        if (IsNumber(first) && IsNumber(second))
        {
            return first is double or float || second is double or float
                ? Convert.ToDouble(first, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(second, CultureInfo.InvariantCulture))
                : Convert.ToDecimal(first, CultureInfo.InvariantCulture).CompareTo(Convert.ToDecimal(second, CultureInfo.InvariantCulture));
        }

        if (first is not IComparable comparable)
            throw new PSArgumentException($"Cannot compare \"{first}\" because it is not IComparable.", nameof(first));
        return comparable.CompareTo(
            TryConvertTo(second, first.GetType(), CultureInfo.InvariantCulture, out object? converted)
                ? converted
                : throw new PSArgumentException(
                    $"Cannot compare \"{first}\" to \"{second}\" because the objects are not the same type.", nameof(second)));
    }

    /// <summary>The object as something to enumerate, or null: strings, dictionaries and XML nodes are single things.</summary>
    public static IEnumerable? GetEnumerable(object? obj) =>
        PSObject.Base(obj) is IEnumerable elements and not (string or IDictionary or Xml.XmlNode) ? elements : null;

    public static IEnumerator? GetEnumerator(object? obj) => GetEnumerable(obj)?.GetEnumerator();

    internal static bool IsNumber(object? value) =>
        value is not Enum && value is IConvertible convertible && convertible.GetTypeCode() is >= TypeCode.SByte and <= TypeCode.Decimal;
}
