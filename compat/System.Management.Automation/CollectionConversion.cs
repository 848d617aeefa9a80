using System.Collections;
using System.Reflection;

namespace System.Management.Automation;

/// <summary>
/// List, Collection, HashSet and the like, filled from a collection or from one element. As in PowerShell a collection is an IList or an
/// ICollection; IEnumerable and the read-only interfaces are not filled.
/// </summary>
internal static class CollectionConversion
{
    public static object? TryFill(object value, Type type, IFormatProvider provider)
    {
        if (ElementTypeOf(type) is not { } elementType)
            return null;
        Type listType = typeof(List<>).MakeGenericType(elementType);
        var list = (IList)Activator.CreateInstance(listType)!;
        foreach (object? element in LanguagePrimitives.GetEnumerable(value) ?? new[] { value })
            list.Add(Conversion.Convert(element, elementType, provider));
        if (type.IsAssignableFrom(listType))
            return list;
        ConstructorInfo? constructor = type.GetConstructors().FirstOrDefault(
            candidate => candidate.GetParameters() is [var only] && only.ParameterType.IsAssignableFrom(listType));
        return constructor?.Invoke([list]);
    }

    /// <summary>What a collection type holds; null for a type that is no collection to the binder.</summary>
    public static Type? ElementTypeOf(Type type)
    {
        if (type == typeof(string) || typeof(IDictionary).IsAssignableFrom(type))
            return null;
        if (type.IsArray)
            return type.GetElementType();
        Type? generic = type.GetInterfaces().Append(type).FirstOrDefault(
            candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(ICollection<>));
        return generic is not null ? generic.GetGenericArguments()[0] : typeof(IList).IsAssignableFrom(type) ? typeof(object) : null;
    }
}
