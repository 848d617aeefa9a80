using System.Management.Automation;
using FaasPS.Engine.Routing;
using FaasPS.Host;
using FaasPS.Host.Formatting;

namespace FaasPS.Cmdlets.Tests.Host;

public class FormattingTests
{
    private const string Views = """
        <Configuration><ViewDefinitions><View>
          <Name>Scored</Name>
          <ViewSelectedBy><TypeName>FaasPS.Cmdlets.Tests.Host.FormattingTests+Scored</TypeName></ViewSelectedBy>
          <TableControl>
            <TableHeaders>
              <TableColumnHeader><Label>Prompt</Label><Width>8</Width></TableColumnHeader>
              <TableColumnHeader><Label>P</Label><Width>6</Width><Alignment>Right</Alignment></TableColumnHeader>
              <TableColumnHeader><Label>Script</Label></TableColumnHeader>
              <TableColumnHeader/>
            </TableHeaders>
            <TableRowEntries><TableRowEntry><TableColumnItems>
              <TableColumnItem><PropertyName>Prompt</PropertyName></TableColumnItem>
              <TableColumnItem><PropertyName>Score</PropertyName><FormatString>{0:0.000}</FormatString></TableColumnItem>
              <TableColumnItem><ScriptBlock>$_.Score * 2</ScriptBlock></TableColumnItem>
              <TableColumnItem><PropertyName>Route</PropertyName></TableColumnItem>
            </TableColumnItems></TableRowEntry></TableRowEntries>
          </TableControl>
        </View></ViewDefinitions></Configuration>
        """;

    private static string[] Formatted(int width, bool withViews, params object[] items)
    {
        var views = new ViewSet();
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Views);
            if (withViews)
                views.Add(file);
        }
        finally
        {
            File.Delete(file);
        }

        var lines = new List<string>();
        var formatter = new OutputFormatter(views, lines.Add, width);
        foreach (object item in items)
            formatter.Write(item);
        formatter.End();
        return [.. lines];
    }

    [Fact]
    public void AViewGivesColumnsWidthsAndFormats() => Assert.Equal(
        [
            "",
            "Prompt        P Route",
            "------        - -----",
            "short     0.500 Simple",
            "a longe…  0.250 Complex",
            "",
        ],
        Formatted(40, true, new Scored("short", 0.5, "Simple"), new Scored("a longer one", 0.25, "Complex")));

    [Fact]
    public void AListsViewGivesFormatsAndKeepsLinesApart()
    {
        var views = new ViewSet();
        views.AddModule(typeof(FaasModel).Assembly);
        var lines = new List<string>();
        new OutputFormatter(views, lines.Add, 80).Write(new ThresholdAnalysis([.. Enumerable.Repeat(0.0, 4), 1]));
        Assert.Equal("Count            : 5", lines[1]);
        Assert.Equal("Mean             : 0.2000", lines[7]);
        Assert.Equal(["Histogram        : 0.000 - 0.100  #### 4", "                   0.100 - 0.200   0"], lines[9..11]);
    }

    [Fact]
    public void RowsOfAViewAreWrittenAsTheyCome()
    {
        var lines = new List<string>();
        string file = Path.GetTempFileName();
        var views = new ViewSet();
        File.WriteAllText(file, Views);
        views.Add(file);
        File.Delete(file);
        new OutputFormatter(views, lines.Add, 80).Write(new Scored("one", 1, "Simple"));
        Assert.Equal(4, lines.Count);
    }

    [Fact]
    public void WithoutAViewFewPropertiesAreATableSizedToTheText() => Assert.Equal(
        [
            "",
            "Prompt Score Route",
            "------ ----- -----",
            "a       0.50 Simple",
            "bc     10.25 Complex",
            "",
        ],
        Formatted(40, false, new Scored("a", 0.5, "Simple"), new Scored("bc", 10.25, "Complex")));

    [Fact]
    public void ManyPropertiesAreAList() => Assert.Equal(
        ["", "A   : 1", "Bcd : {1, 2, 3, 4…}", "C   : 0.12345", "D   :", "E   : x"],
        Formatted(40, false, new { A = 1, Bcd = new[] { 1, 2, 3, 4, 5 }, C = 0.12345, D = (string?)null, E = "x" }));

    [Fact]
    public void TextIsWrittenAsItIs() => Assert.Equal(["a", "5", "True", "0.125"], Formatted(40, false, "a", 5, true, 0.125));

    [Fact]
    public void NoLineIsWiderThanTheScreen()
    {
        string[] lines = Formatted(20, true, new Scored(new string('x', 50), 0.5, new string('y', 50)));
        Assert.All(lines, line => Assert.True(line.Length <= 20, line));
        lines = Formatted(20, false, new Scored(new string('x', 50), 0.5, new string('y', 50)));
        Assert.All(lines, line => Assert.True(line.Length <= 20, line));
    }

    [Theory]
    [InlineData("Format-Table Name,Count", "|Name Count|---- -----|a        1|b       20|")]
    [InlineData("Format-Table Name -HideTableHeaders", "|a|b|")]
    [InlineData("Format-List", "|Name  : a|Count : 1|Long  : abcdefghijklmnop||Name  : b|Count : 20|Long  : abcdefghijklmnop|")]
    [InlineData("Format-List Count", "|Count : 1||Count : 20|")]
    public void FormatsOnRequest(string command, string expected)
    {
        HostSession session = Sessions.New();
        session.AddCommand(typeof(GetPairsCommand));
        HostResult result = session.Invoke("Get-Pairs | " + command);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        Assert.Equal(expected, string.Join('|', result.OutputAs<string>()));
    }

    [Fact]
    public void WrappingKeepsTheWholeText()
    {
        HostSession session = Sessions.New();
        session.FormatWidth = 10;
        session.AddCommand(typeof(GetPairsCommand));
        string[] lines = [.. session.Invoke("Get-Pairs | Select-Object -First 1 -Property Long | Format-Table -Wrap").OutputAs<string>()];
        Assert.Equal(["", "Long", "----", "abcdefghij", "klmnop", ""], lines);
    }

    [Cmdlet("Get", "Pairs")]
    private sealed class GetPairsCommand : PSCmdlet
    {
        protected override void ProcessRecord() => WriteObject(new[] { new Pair("a", 1), new Pair("b", 20) }, enumerateCollection: true);
    }

    public sealed record Pair(string Name, int Count)
    {
        public static string Other => "static members are no properties";

        public string Long => "abcdefghijklmnop";
    }

    public sealed record Scored(string Prompt, double Score, string Route);
}
