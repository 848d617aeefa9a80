using System.Globalization;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>
/// Reads the character tables embedded from Data/: one entry a line, fields separated by one space, code points in hexadecimal,
/// <c>a-b</c> for a range, <c>#</c> before comments.
/// </summary>
internal static class CharacterData
{
    public static IEnumerable<string[]> Entries(string table)
    {
        var name = $"FaasPS.Engine.Text.Cleaning.Data.{table}.txt";
        using var stream = typeof(CharacterData).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its resource '{name}'; build it again.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#')) yield return line.Split(' ');
    }

    public static int CodePoint(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static string Text(IEnumerable<string> hexCodes) => string.Concat(hexCodes.Select(hex => char.ConvertFromUtf32(CodePoint(hex))));

    public static IEnumerable<int> Expand(IEnumerable<string> ranges)
    {
        foreach (var range in ranges)
        {
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            int first = CodePoint(dash < 0 ? range : range[..dash]), last = CodePoint(range[(dash + 1)..]);
            for (var code = first; code <= last; code++) yield return code;
        }
    }
}
