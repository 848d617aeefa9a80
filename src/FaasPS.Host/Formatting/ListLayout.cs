using System.Management.Automation;
using FaasPS.Host.Commands;

namespace FaasPS.Host.Formatting;

/// <summary>One property a line, "Name  : value", the names padded to the longest.</summary>
internal static class ListLayout
{
    public static IEnumerable<string> Lines(IReadOnlyList<(string Label, object? Value)> properties, int totalWidth)
    {
        int name = properties.Count == 0 ? 0 : properties.Max(property => property.Label.Length);
        int width = Math.Max(totalWidth - name - 3, 10);
        foreach ((string label, object? value) in properties)
        {
            string head = label.PadRight(name) + " : ";
            foreach (string line in CellText.Of(value, null, inTable: false).Split('\n'))
            {
                string rest = line.TrimEnd('\r');
                do
                {
                    yield return (head + rest[..Math.Min(width, rest.Length)]).TrimEnd();
                    rest = rest[Math.Min(width, rest.Length)..];
                    head = new string(' ', name + 3);
                }
                while (rest.Length > 0);
            }
        }
    }

    public static List<(string Label, object? Value)> Properties(PSObject item, ListView? view, string[]? names)
    {
        if (names is null && view is not null)
            return [.. view.Items.Select(entry => (entry.Label, Read(item, entry.Property, entry.Format)))];
        return [.. PropertySelection.Choose(item, names ?? ["*"]).Select(chosen => (chosen.Name, chosen.Value))];
    }
    private static object? Read(PSObject item, string name, string? format)
    {
        object? value = item.Properties[name] is { } property ? PropertySelection.Read(property) : null;
        return format is null ? value : CellText.Of(value, format, inTable: false);
    }
}
