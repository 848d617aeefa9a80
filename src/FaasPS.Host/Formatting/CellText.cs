using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace FaasPS.Host.Formatting;

/// <summary>The text of one value in a table or list.</summary>
internal static class CellText
{
    private const int EnumerationLimit = 4;

    /// <param name="format">".NET format" or "{0:composite}"; null for the default.</param>
    /// <param name="inTable">Tables show real numbers with two decimals, lists show all.</param>
    public static string Of(object? value, string? format, bool inTable)
    {
        object? plain = value is PSObject { BaseObject: not PSCustomObject } wrapper ? wrapper.BaseObject : value;
        if (plain is null)
            return "";
        if (!string.IsNullOrEmpty(format))
        {
            return format.Contains("{0", StringComparison.Ordinal)
                ? string.Format(CultureInfo.InvariantCulture, format, plain)
                : plain is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : Text(value);
        }

        if (inTable && plain is double or float or decimal)
            return ((IFormattable)plain).ToString("F2", CultureInfo.InvariantCulture);
        return LanguagePrimitives.GetEnumerable(plain) is { } elements ? Enumerated(elements) : Text(value);
    }

    public static string Text(object? value) => (string)LanguagePrimitives.ConvertTo(value, typeof(string), CultureInfo.InvariantCulture)!;

    private static string Enumerated(IEnumerable elements)
    {
        string[] shown = [.. elements.Cast<object?>().Take(EnumerationLimit + 1).Select(Text)];
        return "{" + string.Join(", ", shown.Take(EnumerationLimit)) + (shown.Length > EnumerationLimit ? "…}" : "}");
    }
}
