using FaasPS.Automation;
using FaasPS.Host;

namespace FaasPS.Cmdlets.Tests.Host;

public class ParserTests
{
    /// <summary>Commands as "name(argument;argument)", joined by | and, between pipelines, by /.</summary>
    private static string Shape(string text) => string.Join('/', PipelineParser.Parse(text).Select(
        calls => string.Join('|', calls.Select(call => $"{call.Name}({string.Join(';', call.Arguments.Select(Shape))})"))));

    private static string Shape(CommandArgument argument) =>
        (argument.Name is null ? "" : "-" + argument.Name + (argument.HasValue ? ":" : ""))
            + (argument.HasValue ? Shape(argument.Value) : "");

    private static string Shape(object? value) => value switch
    {
        null => "null",
        object?[] several => $"[{string.Join(',', several.Select(Shape))}]",
        System.Management.Automation.PSObject number => number.BaseObject.GetType().Name + " " + number,
        bool truth => truth.ToString(),
        _ => $"'{value}'",
    };

    [Theory]
    [InlineData("a", "a()")]
    [InlineData("a b -C d", "a('b';-C;'d')")]
    [InlineData("a -b:c -d: e", "a(-b:'c';-d:'e')")]
    [InlineData("a | b|c", "a()|b()|c()")]
    [InlineData("a; b\nc;;", "a()/b()/c()")]
    [InlineData("a |\n b", "a()|b()")]
    [InlineData("a\n  | b", "a()|b()")]
    [InlineData("a `\n  b", "a('b')")]
    [InlineData("a # comment | b\nc", "a()/c()")]
    [InlineData("a b#c", "a('b#c')")]
    [InlineData("a x,y , z", "a(['x','y','z'])")]
    [InlineData("a -b x,\n y", "a(-b;['x','y'])")]
    [InlineData("a @('x', \"y\") @()", "a(['x','y'];[])")]
    [InlineData("a 'it''s' \"a \"\"b\"\" `\" `$x\"", "a('it's';'a \"b\" \" $x')")]
    [InlineData("a 'x|y;z#{}$v'", "a('x|y;z#{}$v')")]
    [InlineData("a pre'fix ed'", "a('prefix ed')")]
    [InlineData("a x` y `;", "a('x y';';')")]
    [InlineData("a 5 -5 1.5 0x1F 2kb 1e3", "a(Int32 5;'-5';Double 1.5;Int32 0x1F;Int32 2kb;Double 1e3)")]
    [InlineData("a 3000000000 1.2.3 5px '5'", "a(Int64 3000000000;'1.2.3';'5px';'5')")]
    [InlineData("a $true $FALSE $null -x:$false", "a(True;False;null;-x:False)")]
    [InlineData("a *.png [ab]?.jpg ../x ~/y C:\\z -", "a('*.png';'[ab]?.jpg';'../x';'~/y';'C:\\z';'-')")]
    [InlineData("'x','y' | a", "Write-Output(-InputObject:['x','y'])|a()")]
    [InlineData("1 | a", "Write-Output(-InputObject:Int32 1)|a()")]
    [InlineData("a \"costs 5$ or $\"", "a('costs 5$ or $')")]
    [InlineData("", "")]
    [InlineData(" \n # nothing", "")]
    public void Parses(string text, string shape) => Assert.Equal(shape, Shape(text.ReplaceLineEndings("\n")));

    [Theory]
    [InlineData("$x = 1", "variable $x")]
    [InlineData("a $_.Name", "variable $_")]
    [InlineData("a \"hello $name\"", "variable in a string")]
    [InlineData("a | Where-Object { $_ }", "script block")]
    [InlineData("a (b)", "expression in parentheses")]
    [InlineData("a $(b)", "expression ($)")]
    [InlineData("a @{x=1}", "hashtable")]
    [InlineData("a && b", "operator &")]
    [InlineData("a || b", "operator ||")]
    [InlineData("& a", "operator &")]
    [InlineData("a > out.txt", "redirection (>)")]
    [InlineData("a 2> out.txt", "redirection (>)")]
    [InlineData("x=1", "assignment")]
    [InlineData("[int]5", "expression or assignment")]
    [InlineData("a = 5", "assignment")]
    [InlineData("a pre$x", "variable")]
    public void RefusesWhatOnlyAShellCanDo(string text, string named)
    {
        var refused = Assert.Throws<ParseException>(() => PipelineParser.Parse(text));
        Assert.Contains(named, refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("not a shell", refused.Message, StringComparison.Ordinal);
        Assert.Contains("pwsh", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a 'x", 2, "no closing '")]
    [InlineData("a |", 3, "command's name")]
    [InlineData("| a", 0, "command's name")]
    [InlineData("a x,", 4, "value is wanted")]
    [InlineData("a -b:", 5, "value is wanted")]
    [InlineData("a @('x'", 7, "value is wanted")]
    [InlineData("a )", 2, "value is wanted")]
    [InlineData("'x' 'y'", 4, "pipe or the end")]
    public void SaysWhereTheTextIsWrong(string text, int position, string reason)
    {
        var refused = Assert.Throws<ParseException>(() => PipelineParser.Parse(text));
        Assert.Equal(position, refused.Position);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingRunsWhenALaterPartCannotBeParsed()
    {
        HostSession session = Sessions.New();
        var seen = new List<object?>();
        session.ObjectWritten = seen.Add;
        Assert.Throws<ParseException>(() => session.Invoke("'a'; $x"));
        Assert.Empty(seen);
    }
}
