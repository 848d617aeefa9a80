using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace System.Management.Automation;

/// <summary>One conversion, tried in PowerShell's order: the language's own, a type converter, Parse, a constructor, a cast.</summary>
internal static class Conversion
{
    private const BindingFlags StaticPublic = BindingFlags.Public | BindingFlags.Static;

    public static object? Convert(object? original, Type type, IFormatProvider provider)
    {
        if (type.IsInstanceOfType(original))
            return original;
        object? value = PSObject.Base(original);
        if (type.IsInstanceOfType(value))
            return value;
        if (type == typeof(PSObject))
            return value is null ? null : PSObject.AsPSObject(original!);
        if (value is null)
            return OfNull(type);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Convert(value, underlying, provider);
        if (type == typeof(string))
            return PSObject.ToText(original);
        if (type == typeof(bool))
            return LanguagePrimitives.IsTrue(value);
        if (type == typeof(SwitchParameter) && value is bool given)
            return new SwitchParameter(given);
        if (type.IsArray)
            return ToArray(original!, type.GetElementType()!, provider);
        if (type.IsEnum)
            return ToEnum(value, type, provider);
        if (IsNumeric(type) && NumberConversion.TryConvert(value, type, provider) is { } number)
            return number;
        if (type == typeof(char) && value is string { Length: 1 } single)
            return single[0];
        if (type == typeof(char) && value is int code and >= char.MinValue and <= char.MaxValue)
            return (char)code;
        if (type == typeof(Uri) && value is string address)
            return new Uri(address, UriKind.RelativeOrAbsolute);
        if (type == typeof(Type) && value is string typeName)
            return Type.GetType(typeName, throwOnError: false, ignoreCase: true)
                ?? throw Failure(value, type, $"Cannot find type [{typeName}].");
        return ByConverter(value, type, provider) ?? ByParse(value, type, provider) ?? CollectionConversion.TryFill(value, type, provider)
            ?? ByConstructor(value, type) ?? ByCast(value, type)
            ?? (LanguagePrimitives.IsNumber(value) ? Convert(PSObject.ToText(original), type, provider) : throw Failure(value, type, null));
    }

    internal static PSInvalidCastException Failure(object value, Type type, string? reason, Exception? inner = null) => new(
        reason is null
            ? $"Cannot convert the \"{PSObject.ToText(value)}\" value of type \"{value.GetType()}\" to type \"{type}\"."
            : $"Cannot convert value \"{PSObject.ToText(value)}\" to type \"{type}\". Error: \"{reason}\"",
        inner);

    internal static bool IsNumeric(Type type) => !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;

    private static object? OfNull(Type type)
    {
        if (type == typeof(string))
            return "";
        if (type == typeof(SwitchParameter) || type == typeof(bool) || type == typeof(char) || IsNumeric(type))
            return Activator.CreateInstance(type);
        return type.IsValueType && Nullable.GetUnderlyingType(type) is null
            ? throw new PSInvalidCastException($"Cannot convert null to type \"{type}\".")
            : null;
    }

    private static Array ToArray(object value, Type elementType, IFormatProvider provider)
    {
        object?[] elements = LanguagePrimitives.GetEnumerable(value) is { } source ? [.. source.Cast<object?>()] : [value];
        var array = Array.CreateInstance(elementType, elements.Length);
        for (int i = 0; i < elements.Length; i++)
            array.SetValue(Convert(elements[i], elementType, provider), i);
        return array;
    }

    // A name, an unambiguous beginning of one, or several with commas; of whole numbers those that name a member (or flags).
    private static object ToEnum(object value, Type type, IFormatProvider provider)
    {
        if (LanguagePrimitives.GetEnumerable(value) is { } several)
            value = string.Join(',', several.Cast<object?>().Select(PSObject.ToText));
        if (value is not string text)
        {
            return value is double or float or decimal || !(LanguagePrimitives.IsNumber(value) || value is Enum)
                ? throw Failure(value, type, null)
                : Defined(value, PSObject.ToText(System.Convert.ToDecimal(value, provider)), type);
        }

        string[] names = Enum.GetNames(type);
        var found = new List<string>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] matches = Array.FindAll(names, name => name.Equals(part, StringComparison.OrdinalIgnoreCase));
            bool isNumber = long.TryParse(part, NumberStyles.AllowLeadingSign, provider, out _);
            if (matches.Length == 0 && part.Length > 0 && !isNumber)
                matches = Array.FindAll(names, name => name.StartsWith(part, StringComparison.OrdinalIgnoreCase));
            if (matches.Length != 1 && ByConverter(value, type, provider) is { } converted)
                return converted;
            if (matches.Length != 1 && !isNumber)
            {
                throw Failure(
                    value,
                    type,
                    $"Unable to match the identifier name {part} to a valid enumerator name. "
                    + "Specify one of the following enumerator names and try again: "
                    + string.Join(", ", names));
            }

            found.Add(isNumber ? part : matches[0]);
        }

        return Defined(value, string.Join(',', found), type);
    }

    // A combination that is not defined prints as its number.
    private static object Defined(object value, string text, Type type) =>
        Enum.TryParse(type, text, out object? result) && char.IsLetter(result.ToString()![0])
            ? result
            : throw Failure(value, type, $"The value is not one of {string.Join(", ", Enum.GetNames(type))}.");

    private static object? ByConverter(object value, Type type, IFormatProvider provider)
    {
        // The attribute holds a name; a module's own load context does not answer to Type.GetType, its assembly does.
        if (type.GetCustomAttribute<TypeConverterAttribute>()?.ConverterTypeName is not { } name
            || (Type.GetType(name) ?? type.Assembly.GetType(name.Split(',')[0])) is not { } converterType)
            return null;
        try
        {
            switch (Activator.CreateInstance(converterType))
            {
                case PSTypeConverter shell when shell.CanConvertFrom(value, type):
                    return shell.ConvertFrom(value, type, provider, ignoreCase: true);
                case TypeConverter converter when converter.CanConvertFrom(value.GetType()):
                    return converter.ConvertFrom(null, CultureInfo.InvariantCulture, value);
                default:
                    return null;
            }
        }
        catch (Exception e)
        {
            throw Failure(value, type, e.Message, e);
        }
    }

    private static object? ByParse(object value, Type type, IFormatProvider provider)
    {
        if (value is not string text)
            return null;
        if (type.GetMethod("Parse", StaticPublic, [typeof(string), typeof(IFormatProvider)]) is { } cultured
            && type.IsAssignableFrom(cultured.ReturnType))
            return Call(value, type, () => cultured.Invoke(null, [text, provider]));
        return type.GetMethod("Parse", StaticPublic, [typeof(string)]) is { } parse && type.IsAssignableFrom(parse.ReturnType)
            ? Call(value, type, () => parse.Invoke(null, [text]))
            : null;
    }

    private static object? ByConstructor(object value, Type type)
    {
        if (type.IsAbstract)
            return null;

        // The runtime's own choice: it widens, so that an integer can become a DateTime of that many ticks.
        ConstructorInfo? constructor = type.GetConstructor([value.GetType()]);
        return constructor is null || constructor.GetParameters()[0].ParameterType == typeof(object)
            ? null
            : Call(value, type, () => constructor.Invoke([value]));
    }

    private static object? ByCast(object value, Type type)
    {
        Type from = value.GetType();
        MethodInfo? cast = from.GetMethods(StaticPublic).Concat(type.GetMethods(StaticPublic)).FirstOrDefault(method =>
            method.Name is "op_Implicit" or "op_Explicit" && type.IsAssignableFrom(method.ReturnType)
            && method.GetParameters() is [var only] && only.ParameterType.IsAssignableFrom(from));
        return cast is null ? null : Call(value, type, () => cast.Invoke(null, [value]));
    }

    private static object? Call(object value, Type type, Func<object?> conversion)
    {
        try
        {
            return conversion();
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            throw Failure(value, type, inner.Message, inner);
        }
    }
}
