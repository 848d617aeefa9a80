using System.Management.Automation;

namespace FaasPS.Host.Commands;

/// <summary>Reads properties by name or wildcard; a property that throws reads as nothing.</summary>
internal static class PropertySelection
{
    /// <summary>
    /// The properties that the names choose, in the order of the names; a plain name that is not there is chosen with no value.
    /// </summary>
    public static IEnumerable<(string Name, object? Value)> Choose(PSObject item, IEnumerable<string> names)
    {
        var chosen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string name in names)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name))
            {
                PSPropertyInfo? property = item.Properties[name];
                if (chosen.Add(name))
                    yield return (property?.Name ?? name, property is null ? null : Read(property));
                continue;
            }

            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            foreach (PSPropertyInfo property in item.Properties)
            {
                if (pattern.IsMatch(property.Name) && chosen.Add(property.Name))
                    yield return (property.Name, Read(property));
            }
        }
    }

    public static object? Read(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (RuntimeException)
        {
            return null;
        }
    }
}
