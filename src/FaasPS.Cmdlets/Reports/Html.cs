using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace FaasPS.Cmdlets.Reports;

/// <summary>
/// A piece of a page, written as an interpolated string: <c>Html line = $"&lt;p&gt;{prompt}&lt;/p&gt;"</c>. What stands in braces is
/// escaped unless it is Html itself, and numbers are invariant, so that nobody's text can become markup by oversight.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Html(int literalLength, int holes)
{
    private readonly StringBuilder text = new(literalLength + (16 * holes));

    public static Html Empty => new(0, 0);

    /// <summary>Text that is markup already: the module's own style sheet and script.</summary>
    public static Html Trusted(string markup)
    {
        var html = Empty;
        html.AppendLiteral(markup);
        return html;
    }

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Html html) => text.Append(html.text);

    public void AppendFormatted(IEnumerable<Html> pieces)
    {
        foreach (var piece in pieces) text.Append(piece.text);
    }

    public void AppendFormatted(string? value) => text.Append(WebUtility.HtmlEncode(value));

    public void AppendFormatted(IFormattable value, string? format = null) =>
        AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

    // Coordinates: a hundredth of a pixel is enough.
    public void AppendFormatted(double value) => AppendFormatted(value, "0.##");

    public override string ToString() => text.ToString();
}
