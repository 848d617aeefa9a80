using System.Management.Automation;

namespace FaasPS.Cmdlets.Tests.Host;

/// <summary>
/// Expected values follow WildcardPattern of PowerShell 7 (engine/regex.cs): sets without negation, backtick escapes, lazy failure.
/// </summary>
public class WildcardTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("*.png", "A.PNG", true)]
    [InlineData("*.png", "a.png.txt", false)]
    [InlineData("a*b*c", "aXXbYYc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("a[1].png", "a1.png", true)]
    [InlineData("a[1].png", "a[1].png", false)]
    [InlineData("a`[1`].png", "a[1].png", true)]
    [InlineData("a`[1`].png", "a1.png", false)]
    [InlineData("[a-c]x", "Bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[ac-]x", "-x", true)]
    [InlineData("[a`-c]x", "bx", false)]
    [InlineData("[a`-c]x", "-x", true)]
    [InlineData("[!a]", "b", false)]
    [InlineData("[!a]", "!", true)]
    [InlineData("[^a]", "^", true)]
    [InlineData("[]]", "]", true)]
    [InlineData("[[]", "[", true)]
    [InlineData("a]", "a]", true)]
    [InlineData("``", "`", true)]
    [InlineData("`", "", true)]
    [InlineData("a`", "a`", true)]
    [InlineData("`a", "a", true)]
    [InlineData("`*", "*", true)]
    [InlineData("`*", "x", false)]
    [InlineData("a\n*", "a\nb", true)]
    public void Matches(string pattern, string text, bool expected) =>
        Assert.Equal(expected, new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(text));

    [Fact]
    public void CaseCountsUnlessIgnored()
    {
        Assert.False(new WildcardPattern("A[B]").IsMatch("ab"));
        Assert.True(new WildcardPattern("A[B]", WildcardOptions.IgnoreCase).IsMatch("ab"));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[a")]
    [InlineData("[c-a]")]
    public void ABadPatternFailsWhenItIsMatched(string pattern)
    {
        var bad = new WildcardPattern(pattern);
        Assert.Equal(
            "WildcardPattern_Invalid", Assert.Throws<WildcardPatternException>(() => bad.IsMatch("x")).ErrorRecord.FullyQualifiedErrorId);
    }

    [Theory]
    [InlineData("a[1]*?`b", "a`[1`]`*`?``b")]
    [InlineData("plain", "plain")]
    public void EscapeAndUnescapeAreInverse(string text, string escaped)
    {
        Assert.Equal(escaped, WildcardPattern.Escape(text));
        Assert.Equal(text, WildcardPattern.Unescape(escaped));
        Assert.True(new WildcardPattern(escaped).IsMatch(text));
    }

    [Theory]
    [InlineData("`a", "`a")]
    [InlineData("`[", "[")]
    [InlineData("x`", "x`")]
    [InlineData("``a", "`a")]
    public void UnescapeLeavesWhatIsNoEscape(string text, string plain) => Assert.Equal(plain, WildcardPattern.Unescape(text));

    [Theory]
    [InlineData("a*", true)]
    [InlineData("a]", true)]
    [InlineData("a`*", false)]
    [InlineData("a``*", true)]
    [InlineData("plain", false)]
    public void KnowsWhatHasWildcards(string text, bool has) => Assert.Equal(has, WildcardPattern.ContainsWildcardCharacters(text));
}
