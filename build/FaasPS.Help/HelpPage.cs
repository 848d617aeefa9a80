using System.Text.RegularExpressions;

namespace FaasPS.Help;

/// <summary>A part of a page under a heading of its own: a parameter, a type, an example (whose code it holds).</summary>
public sealed record HelpItem(string Title, IReadOnlyList<string> Paragraphs, string Code = "");

/// <summary>
/// A cmdlet's page, docs/Verb-Noun.md: its name and synopsis, then the sections of <see cref="Sections"/> in any order. Of Markdown it takes
/// headings, paragraphs, lists and fenced code.
/// </summary>
public sealed partial class HelpPage
{
    /// <summary>The second-level headings that a page has, every one of them.</summary>
    public static readonly IReadOnlyList<string> Sections =
        ["Description", "Parameters", "Examples", "Inputs", "Outputs", "Notes", "Related links"];

    private readonly Dictionary<string, List<HelpItem>> sections = new(StringComparer.Ordinal);

    private HelpPage(string name, string synopsis) => (Name, Synopsis) = (name, synopsis);

    /// <summary>The cmdlet's name.</summary>
    public string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public string Synopsis { get; }

    /// <summary>What it does, at length.</summary>
    public IReadOnlyList<string> Description => Text("Description");

    /// <summary>What to know before using it: time, memory, files.</summary>
    public IReadOnlyList<string> Notes => Text("Notes");

    /// <summary>The parameters, by name.</summary>
    public IReadOnlyList<HelpItem> Parameters => Items("Parameters");

    /// <summary>The examples.</summary>
    public IReadOnlyList<HelpItem> Examples => Items("Examples");

    /// <summary>What can be piped in, by type.</summary>
    public IReadOnlyList<HelpItem> Inputs => Items("Inputs");

    /// <summary>What comes out, by type.</summary>
    public IReadOnlyList<HelpItem> Outputs => Items("Outputs");

    /// <summary>Commands and topics, by name.</summary>
    public IEnumerable<string> Links => Text("Related links");

    /// <summary>The pages of a folder, by their cmdlets' names.</summary>
    /// <exception cref="FormatException">One is not written as pages are; the message tells the file and the line.</exception>
    public static IReadOnlyDictionary<string, HelpPage> ReadAll(string folder) =>
        Directory.EnumerateFiles(folder, "*-*.md").ToDictionary(
            file => Path.GetFileNameWithoutExtension(file), file => Parse(File.ReadAllText(file), file), StringComparer.Ordinal);

    /// <summary>Reads a page.</summary>
    /// <param name="text">The Markdown.</param>
    /// <param name="file">Where it came from, for messages.</param>
    /// <exception cref="FormatException">It is not written as pages are.</exception>
    public static HelpPage Parse(string text, string file)
    {
        var blocks = Blocks(text, file).ToArray();
        if (blocks is not [{ Level: 1 } title, { Level: 0 } synopsis, ..])
            throw new FormatException($"'{file}' does not begin with '# ' and the cmdlet's name, and a paragraph that tells what it does.");
        var page = new HelpPage(title.Text, synopsis.Text);
        List<HelpItem>? section = null;
        foreach (var block in blocks[2..])
        {
            if (block.Level == 2)
            {
                if (!Sections.Contains(block.Text, StringComparer.Ordinal) || !page.sections.TryAdd(block.Text, section = []))
                    throw new FormatException($"'{file}' has a section '{block.Text}' too many. Sections: {string.Join(", ", Sections)}.");
                continue;
            }
            if (section is null) throw new FormatException($"'{file}' has text before its first section: '{block.Text}'.");
            if (block.Level == 3) section.Add(new HelpItem(block.Text, []));
            else if (section is []) section.Add(Extended(new HelpItem("", []), block));
            else section[^1] = Extended(section[^1], block);
        }
        return page;
    }

    private static HelpItem Extended(HelpItem item, Block block) => block.IsCode
        ? item with { Code = item.Code.Length == 0 ? block.Text : $"{item.Code}\n{block.Text}" }
        : item with { Paragraphs = [.. item.Paragraphs, block.Text] };

    private IReadOnlyList<HelpItem> Items(string section) => sections.GetValueOrDefault(section) ?? [];

    private IReadOnlyList<string> Text(string section) => [.. Items(section).SelectMany(item => item.Paragraphs)];

    private static IEnumerable<Block> Blocks(string text, string file)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var paragraph = new List<string>();
        for (var i = 0; i <= lines.Length; i++)
        {
            var line = i < lines.Length ? lines[i].TrimEnd() : "";
            var heading = Heading().Match(line);
            var fence = line.StartsWith("```", StringComparison.Ordinal);
            var item = line.StartsWith("- ", StringComparison.Ordinal);
            if ((line.Length == 0 || heading.Success || fence || item) && paragraph.Count > 0)
            {
                yield return new Block(0, Plain(string.Join(' ', paragraph)));
                paragraph.Clear();
            }
            if (heading.Success)
            {
                yield return new Block(heading.Groups[1].Length, Plain(heading.Groups[2].Value));
            }
            else if (fence)
            {
                var end = Array.FindIndex(lines, i + 1, l => l.StartsWith("```", StringComparison.Ordinal));
                if (end < 0) throw new FormatException($"'{file}', line {i + 1}: this code has no end.");
                yield return new Block(0, string.Join('\n', lines[(i + 1)..end]), IsCode: true);
                i = end;
            }
            else if (line.Length > 0)
            {
                paragraph.Add(line.Trim());
            }
        }
    }

    /// <summary>Without the marks of Markdown, which PowerShell would show.</summary>
    private static string Plain(string text) => Link().Replace(text, "$1").Replace("`", "", StringComparison.Ordinal);

    [GeneratedRegex("^(#{1,3}) (.+)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    private sealed record Block(int Level, string Text, bool IsCode = false);
}
