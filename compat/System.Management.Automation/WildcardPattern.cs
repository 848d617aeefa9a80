using System.Globalization;
using System.Text;

namespace System.Management.Automation;

[Flags]
public enum WildcardOptions
{
    None = 0,
    Compiled = 1,
    IgnoreCase = 2,
    CultureInvariant = 4,
}

/// <summary>
/// PowerShell's wildcards: * ? [abc] [a-c], and the backtick that makes the next character ordinary. There is no negation.
/// </summary>
public sealed class WildcardPattern
{
    private const char Escaper = '`';
    private readonly string pattern;
    private readonly bool ignoreCase;
    private List<Element>? parsed;

    public WildcardPattern(string pattern)
        : this(pattern, WildcardOptions.None)
    {
    }

    public WildcardPattern(string pattern, WildcardOptions options)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        this.pattern = pattern;
        ignoreCase = options.HasFlag(WildcardOptions.IgnoreCase);
    }

    private enum Kind
    {
        Literal,
        Any,
        Star,
        Set,
    }

    public static WildcardPattern Get(string pattern, WildcardOptions options) => new(pattern, options);

    public static bool ContainsWildcardCharacters(string pattern)
    {
        for (int i = 0; i < (pattern?.Length ?? 0); i++)
        {
            if (pattern![i] == Escaper)
                i++;
            else if (IsWildcard(pattern[i]))
                return true;
        }

        return false;
    }

    public static string Escape(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var escaped = new StringBuilder(pattern.Length + 8);
        foreach (char c in pattern)
        {
            if (IsWildcard(c) || c == Escaper)
                escaped.Append(Escaper);
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>Takes the backtick from before wildcards and backticks; before anything else it stays.</summary>
    public static string Unescape(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var plain = new StringBuilder(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == Escaper && i + 1 < pattern.Length && (IsWildcard(pattern[i + 1]) || pattern[i + 1] == Escaper))
                i++;
            plain.Append(pattern[i]);
        }

        return plain.ToString();
    }

    /// <summary>True when the whole of <paramref name="input"/> matches.</summary>
    public bool IsMatch(string input)
    {
        if (input is null)
            return false;

        // Parsed on first use: as in PowerShell a bad pattern fails when it is matched.
        List<Element> elements = parsed ??= Parse(pattern);

        // The last star met takes one character more whenever what follows it fails: linear space, no exponential case.
        int e = 0, i = 0, star = -1, starInput = 0;
        while (i < input.Length)
        {
            if (e < elements.Count && elements[e].Kind == Kind.Star)
            {
                star = e++;
                starInput = i;
            }
            else if (e < elements.Count && elements[e].Matches(input[i], ignoreCase))
            {
                e++;
                i++;
            }
            else if (star >= 0)
            {
                e = star + 1;
                i = ++starInput;
            }
            else
            {
                return false;
            }
        }

        return elements.Skip(e).All(rest => rest.Kind == Kind.Star);
    }

    public override string ToString() => pattern;

    private static bool IsWildcard(char c) => c is '*' or '?' or '[' or ']';

    private static List<Element> Parse(string pattern)
    {
        var result = new List<Element>();
        for (int i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*':
                    result.Add(new Element(Kind.Star));
                    break;
                case '?':
                    result.Add(new Element(Kind.Any));
                    break;
                case '[':
                    result.Add(new Element(Kind.Set, Ranges: ParseSet(pattern, ref i)));
                    break;
                case Escaper when i + 1 < pattern.Length:
                    result.Add(new Element(Kind.Literal, pattern[++i]));
                    break;
                case Escaper when pattern.Length == 1:
                    // A lone backtick is the empty pattern, since Windows 7.
                    break;
                default:
                    result.Add(new Element(Kind.Literal, pattern[i]));
                    break;
            }
        }

        return result;
    }

    // i is at the opening bracket and is left at the closing one. A ] right after [ is ordinary; an escaped - makes no range.
    private static List<(char Low, char High)> ParseSet(string pattern, ref int i)
    {
        var characters = new List<(char Character, bool IsDash)>();
        bool closed = false;
        for (i++; i < pattern.Length; i++)
        {
            if (pattern[i] == ']' && characters.Count > 0)
            {
                closed = true;
                break;
            }

            bool escaped = pattern[i] == Escaper;
            if (escaped && ++i == pattern.Length)
                break;
            characters.Add((pattern[i], !escaped && pattern[i] == '-'));
        }

        var ranges = new List<(char Low, char High)>();
        for (int c = 0; c < characters.Count; c++)
        {
            char low = characters[c].Character;
            bool range = c + 2 < characters.Count && characters[c + 1].IsDash;
            char high = range ? characters[c + 2].Character : low;
            closed &= low <= high;
            c += range ? 2 : 0;
            ranges.Add((low, high));
        }

        return closed ? ranges : throw new WildcardPatternException($"The specified wildcard character pattern is not valid: {pattern}");
    }

    private readonly record struct Element(Kind Kind, char Character = '\0', List<(char Low, char High)>? Ranges = null)
    {
        public bool Matches(char c, bool ignoreCase) => Kind switch
        {
            Kind.Any => true,
            Kind.Literal => c == Character || (ignoreCase && Upper(c) == Upper(Character)),
            Kind.Set => InSet(c) || (ignoreCase && (InSet(Upper(c)) || InSet(char.ToLower(c, CultureInfo.InvariantCulture)))),
            _ => false,
        };

        private static char Upper(char c) => char.ToUpper(c, CultureInfo.InvariantCulture);

        private bool InSet(char c) => Ranges!.Exists(range => range.Low <= c && c <= range.High);
    }
}
