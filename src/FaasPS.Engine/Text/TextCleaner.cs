using FaasPS.Engine.Text.Cleaning;

namespace FaasPS.Engine.Text;

/// <summary>Brings a prompt into the form that CLIP's vocabulary was learnt on.</summary>
public static class TextCleaner
{
    /// <summary>
    /// OpenCLIP's cleaning: text repair as ftfy does it, HTML references twice, white space to single spaces, lower case. The result does
    /// not depend on culture or ICU. Source: open_clip/tokenizer.py, basic_clean, whitespace_clean and lower.
    /// </summary>
    /// <param name="text">Any string; surrogates without a partner become U+FFFD.</param>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // Twice: web text is often escaped twice.
        var unescaped = HtmlEntities.Unescape(HtmlEntities.Unescape(TextRepair.Repair(text)));
        return PythonText.Lower(PythonText.CollapseWhiteSpace(unescaped));
    }
}
