using System.Globalization;
using System.Management.Automation;
using System.Text;
using FaasPS.Automation;

namespace FaasPS.Host;

internal enum TokenKind
{
    Word,
    Value,
    Name,
    NameWithValue,
    Comma,
    Pipe,
    Separator,
    ArrayStart,
    GroupEnd,
    End,
}

/// <summary>
/// One piece of the text. A Word is unquoted text; a Value is a constant that was quoted or written as $true, $false, $null.
/// </summary>
internal readonly record struct Token(TokenKind Kind, int Position, object? Value = null)
{
    public string Text => Value as string ?? "";
}

/// <summary>Splits text as PowerShell does for a command's arguments; refuses what only a shell can do.</summary>
internal sealed class Tokenizer(string text)
{
    private const char Escaper = '`';
    private int position;

    public Token Next()
    {
        SkipBlanks();
        if (position >= text.Length)
            return new Token(TokenKind.End, position);
        int start = position;
        switch (text[position])
        {
            case '\n' or ';':
                position++;
                return new Token(TokenKind.Separator, start);
            case ',':
                position++;
                return new Token(TokenKind.Comma, start);
            case '|' when Peek(1) == '|':
                throw ParseException.NoShell("The operator ||", start);
            case '|':
                position++;
                return new Token(TokenKind.Pipe, start);
            case '@' when Peek(1) == '(':
                position += 2;
                return new Token(TokenKind.ArrayStart, start);
            case ')':
                position++;
                return new Token(TokenKind.GroupEnd, start);
            case '\'':
                return new Token(TokenKind.Value, start, SingleQuoted());
            case '"':
                return new Token(TokenKind.Value, start, DoubleQuoted());
            case '$':
                return new Token(TokenKind.Value, start, Constant());
            case '-' when char.IsLetter(Peek(1)) || Peek(1) == '_':
                return ParameterName();
            default:
                RefuseSyntax();
                return Word();
        }
    }

    private char Peek(int ahead) => position + ahead < text.Length ? text[position + ahead] : '\0';

    private void SkipBlanks()
    {
        for (; position < text.Length; position++)
        {
            if (text[position] == '#')
            {
                while (position + 1 < text.Length && text[position + 1] != '\n')
                    position++;
            }
            else if (text[position] == Escaper && (Peek(1) == '\n' || (Peek(1) == '\r' && Peek(2) == '\n')))
            {
                position += Peek(1) == '\r' ? 2 : 1;
            }
            else if (text[position] == '\n' || !char.IsWhiteSpace(text[position]))
            {
                return;
            }
        }
    }

    private void RefuseSyntax()
    {
        string? what = text[position] switch
        {
            '{' or '}' => "A script block ({...})",
            '(' => "An expression in parentheses",
            '@' => "A hashtable or splatted variable (@...)",
            '&' => "The operator &",
            '>' or '<' => $"A redirection ({text[position]})",
            char digit when char.IsAsciiDigit(digit) && Peek(1) == '>' => "A redirection (>)",
            '*' when Peek(1) == '>' => "A redirection (*>)",
            _ => null,
        };
        if (what is not null)
            throw ParseException.NoShell(what, position);
    }

    private Token ParameterName()
    {
        int start = position++;
        while (char.IsLetterOrDigit(Peek(0)) || Peek(0) is '_' or '-')
            position++;
        string name = text[(start + 1)..position];
        if (Peek(0) == ':')
        {
            position++;
            return new Token(TokenKind.NameWithValue, start, name);
        }

        return new Token(TokenKind.Name, start, name);
    }

    private string SingleQuoted()
    {
        int start = position++;
        var value = new StringBuilder();
        for (; position < text.Length; position++)
        {
            if (text[position] != '\'')
                value.Append(text[position]);
            else if (Peek(1) == '\'')
                value.Append(text[position++]);
            else
                return Closed(value);
        }

        throw Unclosed('\'', start);
    }

    private string DoubleQuoted()
    {
        int start = position++;
        var value = new StringBuilder();
        for (; position < text.Length; position++)
        {
            char c = text[position];
            if (c == '$' && (char.IsLetter(Peek(1)) || Peek(1) is '_' or '(' or '{' or '?'))
                throw ParseException.NoShell("A variable in a string (write '...' for a plain $)", position);
            if (c == Escaper && position + 1 < text.Length)
                value.Append(Escaped(text[++position]));
            else if (c != '"')
                value.Append(c);
            else if (Peek(1) == '"')
                value.Append(text[position++]);
            else
                return Closed(value);
        }

        throw Unclosed('"', start);
    }

    private string Closed(StringBuilder value)
    {
        position++;
        return value.ToString();
    }

    private static ParseException Unclosed(char quote, int start) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The string that begins at character {start + 1} has no closing {quote}."), start);

    private static char Escaped(char c) => c switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        'e' => '\u001b',
        _ => c,
    };

    private object? Constant()
    {
        int start = position++;
        while (char.IsLetterOrDigit(Peek(0)) || Peek(0) is '_' or ':')
            position++;
        return text[start..position].ToUpperInvariant() switch
        {
            "$TRUE" => true,
            "$FALSE" => false,
            "$NULL" => null,
            var other => throw ParseException.NoShell(
                other.Length == 1 ? "An expression ($)" : $"The variable {text[start..position]}", start),
        };
    }

    // Unquoted text up to a blank or delimiter; quotes inside it are taken off, a backtick makes the next character ordinary.
    private Token Word()
    {
        int start = position;
        bool literal = false;
        var value = new StringBuilder();
        while (position < text.Length && !char.IsWhiteSpace(text[position])
            && text[position] is not (';' or ',' or '|' or ')' or '(' or '{' or '}'))
        {
            switch (text[position])
            {
                case '\'':
                    value.Append(SingleQuoted());
                    literal = true;
                    continue;
                case '"':
                    value.Append(DoubleQuoted());
                    literal = true;
                    continue;
                case '$' when char.IsLetter(Peek(1)) || Peek(1) is '_' or '{':
                    throw ParseException.NoShell("A variable", position);
                case Escaper when position + 1 < text.Length:
                    value.Append(Escaped(text[++position]));
                    literal = true;
                    break;
                default:
                    value.Append(text[position]);
                    break;
            }

            position++;
        }

        string word = value.ToString();
        return new Token(literal ? TokenKind.Value : TokenKind.Word, start, literal ? word : NumberOr(word));
    }

    // Signed numbers are text to PowerShell here; conversion to a number parameter makes no difference of it.
    private static object NumberOr(string word)
    {
        if (word.Length == 0
            || !(char.IsAsciiDigit(word[^1]) || word[^1] is 'b' or 'B' or '.' || word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            || !(char.IsAsciiDigit(word[0]) || word[0] == '.'))
            return word;
        foreach (Type type in new[] { typeof(int), typeof(long), typeof(double) })
        {
            bool whole = type != typeof(double);
            if (whole && word.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 && !word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                continue;
            if (LanguagePrimitives.TryConvertTo(word, type, CultureInfo.InvariantCulture, out object? number))
                return CommandArgument.Number(number!, word);
        }

        return word;
    }
}
