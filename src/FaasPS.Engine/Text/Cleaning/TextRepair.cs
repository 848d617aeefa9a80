using System.Text;

namespace FaasPS.Engine.Text.Cleaning;

/// <summary>
/// Undoes what goes wrong with text on its way: mojibake, HTML references, odd widths, quotes and line breaks, control characters.
/// Gives what <c>ftfy.fix_text</c> of python-ftfy 6.3.1 gives with its default configuration.
/// </summary>
internal static class TextRepair
{
    private const int LongestSegment = 1_000_000; // code points

    public static string Repair(string text)
    {
        var result = new StringBuilder(text.Length);
        var unescapesHtml = true;
        for (var start = 0; start < text.Length;)
        {
            var segment = text.Substring(start, SegmentLength(text, start));
            // A < says that this is HTML on purpose, here and in all that follows.
            unescapesHtml &= !segment.Contains('<', StringComparison.Ordinal);
            result.Append(RepairSegment(segment, unescapesHtml));
            start += segment.Length;
        }
        return result.ToString();
    }

    // A line, or as much of it as is repaired at once.
    private static int SegmentLength(string text, int start)
    {
        var newline = text.IndexOf('\n', start);
        var length = (newline < 0 ? text.Length : newline + 1) - start;
        if (length <= LongestSegment) return length;

        var limit = start;
        for (var count = 0; count < LongestSegment && limit < start + length; count++) limit += char.IsSurrogatePair(text, limit) ? 2 : 1;
        return limit - start;
    }

    private static string RepairSegment(string text, bool unescapesHtml)
    {
        while (true)
        {
            var repaired = unescapesHtml ? HtmlEntities.UnescapeStrict(text) : text;
            repaired = CanonicalComposition.Compose(CharacterRepairs.Repair(MojibakeRepair.Repair(repaired)));
            if (string.Equals(repaired, text, StringComparison.Ordinal)) return text;
            text = repaired;
        }
    }
}
