using System.Globalization;
using FaasPS.Automation;

namespace FaasPS.Host;

/// <summary>
/// Text to pipelines: commands with arguments joined by |, pipelines ended by ; or a new line. A pipeline may begin with constants
/// ('a', 'b' | ...). There are no variables, expressions or script blocks; those are refused by name.
/// </summary>
internal sealed class PipelineParser
{
    private readonly string text;
    private readonly Tokenizer tokens;
    private Token token;

    private PipelineParser(string text)
    {
        this.text = text;
        tokens = new Tokenizer(text);
        token = tokens.Next();
    }

    public static IReadOnlyList<IReadOnlyList<CommandCall>> Parse(string text)
    {
        var parser = new PipelineParser(text);
        var pipelines = new List<IReadOnlyList<CommandCall>>();
        while (true)
        {
            parser.SkipSeparators();
            if (parser.token.Kind == TokenKind.End)
                return pipelines;
            pipelines.Add(parser.Pipeline());
        }
    }

    private void Advance() => token = tokens.Next();

    private void SkipSeparators()
    {
        while (token.Kind == TokenKind.Separator)
            Advance();
    }

    private List<CommandCall> Pipeline()
    {
        var calls = new List<CommandCall> { Command(first: true) };
        while (true)
        {
            // A line may begin with the pipe that continues the one before it.
            Token before = token;
            if (before.Kind == TokenKind.Separator && ContinuesAfter(before.Position))
                SkipSeparators();
            if (token.Kind is TokenKind.Separator or TokenKind.End)
                return calls;
            if (token.Kind != TokenKind.Pipe)
                throw Unexpected("A pipe or the end of the line");
            Advance();
            SkipSeparators();
            calls.Add(Command(first: false));
        }
    }

    private bool ContinuesAfter(int separator)
    {
        ReadOnlySpan<char> rest = text.AsSpan(separator);
        return rest[0] == '\n' && rest.TrimStart() is ['|', ..];
    }

    private CommandCall Command(bool first)
    {
        int start = token.Position;
        bool isConstant = token.Kind is TokenKind.Value or TokenKind.ArrayStart
            || (token.Kind == TokenKind.Word && token.Value is not string);
        if (isConstant && first)
        {
            object? value = Argument();
            return new CommandCall("Write-Output", [CommandArgument.Named("InputObject", value)]);
        }

        if (token.Kind != TokenKind.Word || token.Value is not string name)
            throw Unexpected("A command's name");
        if (name.Length > 0 && (name[0] is '[' or '!' or '.' || name.Contains('=', StringComparison.Ordinal)))
            throw ParseException.NoShell($"An expression or assignment ({name})", start);
        Advance();
        var arguments = new List<CommandArgument>();
        while (token.Kind is not (TokenKind.Pipe or TokenKind.Separator or TokenKind.End))
            arguments.Add(NamedOrPositional());
        return new CommandCall(name, arguments) { Text = text[start..token.Position].TrimEnd() };
    }

    private CommandArgument NamedOrPositional()
    {
        Token at = token;
        if (at.Kind is TokenKind.Name)
        {
            Advance();
            return CommandArgument.Named(at.Text);
        }

        if (at.Kind is TokenKind.NameWithValue)
        {
            Advance();
            return CommandArgument.Named(at.Text, Argument());
        }

        if (at is { Kind: TokenKind.Word, Value: "=" or "+=" })
            throw ParseException.NoShell("An assignment", at.Position);
        return CommandArgument.Positional(Argument());
    }

    // One value, or several with commas between them.
    private object? Argument()
    {
        object? only = Single();
        if (token.Kind != TokenKind.Comma)
            return only;
        var several = new List<object?> { only };
        while (token.Kind == TokenKind.Comma)
        {
            Advance();
            while (token.Kind == TokenKind.Separator && text[token.Position] == '\n')
                Advance();
            several.Add(Single());
        }

        return several.ToArray();
    }

    private object? Single()
    {
        Token at = token;
        switch (at.Kind)
        {
            case TokenKind.Word or TokenKind.Value:
                Advance();
                return at.Value;
            case TokenKind.Name:
                // After a comma or colon a dash begins ordinary text.
                Advance();
                return "-" + at.Text;
            case TokenKind.ArrayStart:
                return Array();
            default:
                throw Unexpected("A value");
        }
    }

    private object?[] Array()
    {
        Advance();
        var elements = new List<object?>();
        while (token.Kind != TokenKind.GroupEnd)
        {
            if (token.Kind is TokenKind.Comma or TokenKind.Separator)
                Advance();
            else
                elements.Add(Single());
        }

        Advance();
        return [.. elements];
    }

    private ParseException Unexpected(string wanted) => new(
        string.Create(CultureInfo.InvariantCulture, $"{wanted} is wanted at character {token.Position + 1}")
        + (token.Kind == TokenKind.End ? ", where the text ends." : $", not '{text[token.Position]}'."),
        token.Position);
}
