using System.Xml.Linq;
using FaasPS.Help;

namespace FaasPS.Cmdlets.Tests;

/// <summary>The pages in docs/ against the cmdlets, and the help file that is made of them.</summary>
public sealed class HelpTests
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly string Docs = Path.Combine(ModuleSession.Repository, "docs");
    private static readonly IReadOnlyDictionary<string, HelpPage> Pages = HelpPage.ReadAll(Docs);
    private static readonly IReadOnlyList<CommandDescription> Commands = CommandDescription.All(typeof(FaasModel).Assembly);

    public static TheoryData<string> Names => [.. Commands.Select(command => command.Name)];

    [Fact]
    public void EachCmdletHasAPageAndEachPageACmdlet()
    {
        Assert.Equal(Commands.Select(command => command.Name), Pages.Keys.Order(StringComparer.Ordinal));
        Assert.All(Pages, page => Assert.Equal(page.Key, page.Value.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void APageTellsOfEachParameterAndOfNoOther(string name)
    {
        var declared = Commands.Single(command => command.Name == name).Parameters.Select(parameter => parameter.Name)
            .Where(parameter => CommandDescription.CommonHelp(parameter) is null);
        var page = Pages[name];
        Assert.Equal(declared, page.Parameters.Select(item => item.Title).Order(StringComparer.Ordinal));
        Assert.All(page.Parameters, item => Assert.NotEmpty(item.Paragraphs));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void APageIsComplete(string name)
    {
        var page = Pages[name];
        Assert.EndsWith(".", page.Synopsis, StringComparison.Ordinal);
        Assert.NotEmpty(page.Description);
        Assert.NotEmpty(page.Notes);
        Assert.NotEmpty(page.Inputs);
        Assert.True(page.Examples.Count >= 2, $"{page.Examples.Count} examples");
        Assert.All(page.Examples, example =>
        {
            Assert.NotEmpty(example.Title);
            Assert.Contains(name, example.Code, StringComparison.Ordinal);
            Assert.NotEmpty(example.Paragraphs);
        });
        Assert.Equal(OutputTypes(name), page.Outputs.Select(item => item.Title));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void LinksLeadSomewhere(string name)
    {
        Assert.NotEmpty(Pages[name].Links);
        foreach (var link in Pages[name].Links.Select(link => link.TrimStart('-', ' ')))
        {
            Assert.True(
                Pages.ContainsKey(link) || File.Exists(Path.Combine(Docs, $"{link}.help.txt")), $"'{link}' is no cmdlet and no topic.");
        }
    }

    [Theory]
    [InlineData("about_FaasPS")]
    [InlineData("about_FaasPolicies")]
    [InlineData("about_FaasAcceleration")]
    [InlineData("about_FaasNativeRuntime")]
    [InlineData("about_FaasTraining")]
    public void TopicsHaveTheSectionsThatPowerShellReads(string topic)
    {
        var lines = File.ReadAllLines(Path.Combine(Docs, $"{topic}.help.txt"));
        Assert.Equal(["TOPIC", $"    {topic}"], lines[..2]);
        Assert.Subset(lines.ToHashSet(StringComparer.Ordinal), new HashSet<string> { "SHORT DESCRIPTION", "LONG DESCRIPTION", "SEE ALSO" });
        var mentioned = lines.SelectMany(line => line.Split(' ', '.', ',', ':', ';', '(', ')')).Where(word => word.Contains("-Faas", StringComparison.Ordinal))
            .Where(word => !word.EndsWith('-')).Distinct(StringComparer.Ordinal);
        Assert.All(mentioned, word => Assert.Contains(word, Pages.Keys));
    }

    [Fact]
    public void TheHelpFileIsOfTheSchema()
    {
        var help = MamlWriter.Write(Commands, Pages);
        Assert.Equal("helpItems", help.Root!.Name.LocalName);
        Assert.Equal("maml", help.Root.Attribute("schema")!.Value);
        Assert.Equal(Commands.Count, help.Root.Elements(Command + "command").Count());
        foreach (var command in help.Root.Elements())
        {
            // The order of developerCommand.xsd.
            Assert.Equal(
                [
                    Command + "details", Maml + "description", Command + "syntax", Command + "parameters", Command + "inputTypes",
                    Command + "returnValues", Maml + "alertSet", Command + "examples", Command + "relatedLinks",
                ],
                command.Elements().Select(element => element.Name));
            Assert.All(command.Descendants(Command + "parameter"), parameter =>
            {
                Assert.NotEmpty(parameter.Element(Maml + "description")!.Elements(Maml + "para"));
                Assert.NotEmpty(parameter.Element(Dev + "defaultValue")!.Value);
            });
        }
    }

    [Fact]
    public void TheHelpFileTellsWhatTheCmdletDeclares()
    {
        var help = MamlWriter.Write(Commands, Pages);
        var command = help.Root!.Elements().Single(c => c.Element(Command + "details")!.Element(Command + "name")!.Value == "Invoke-FaasTranslate");
        XElement Parameter(string name) =>
            command.Element(Command + "parameters")!.Elements().Single(p => p.Element(Maml + "name")!.Value == name);
        Assert.Equal(
            ["true", "true", "true", "True (ByPropertyName, ByValue)", "0"],
            new[] { "required", "variableLength", "globbing", "pipelineInput", "position" }.Select(a => Parameter("Path").Attribute(a)!.Value));
        Assert.Equal("PSPath, LP", Parameter("LiteralPath").Attribute("aliases")!.Value);
        Assert.Equal(("50", "1.4", "Full"), (Default("Steps"), Default("DeepCachePower"), Default("Mode")));
        Assert.Equal("FaasBand", Parameter("Band").Element(Dev + "type")!.Element(Maml + "name")!.Value);
        Assert.Equal("Possible values: Full, Static, Adaptive", Parameter("Mode").Element(Maml + "description")!.Elements().Last().Value);
        var sets = command.Element(Command + "syntax")!.Elements().ToArray();
        Assert.Equal(2, sets.Length);
        Assert.Equal("Path", sets[0].Elements(Command + "parameter").First().Element(Maml + "name")!.Value);
        Assert.Equal(
            ["mini_pass", "low_pass", "mid_pass", "high_pass"],
            sets[0].Elements(Command + "parameter").Single(p => p.Element(Maml + "name")!.Value == "Band")
                .Element(Command + "parameterValueGroup")!.Elements().Select(value => value.Value));
        Assert.Contains(sets[0].Elements(Command + "parameter"), p => p.Element(Maml + "name")!.Value == "WhatIf");

        string Default(string name) => Parameter(name).Element(Dev + "defaultValue")!.Value;
    }

    [Fact]
    public void APageIsReadWithoutItsMarks()
    {
        var page = HelpPage.Parse(
            """
            # Get-Thing

            Gets `things` of
            [Import-Thing](Import-Thing.md).

            ## Parameters

            ### Name

            One.

            - two

            ## Examples

            ### All

            ```powershell
            Get-Thing `a |
                # a comment
                Format-Table
            ```

            ## Related links

            - [Import-Thing](Import-Thing.md)
            """,
            "Get-Thing.md");
        Assert.Equal(("Get-Thing", "Gets things of Import-Thing."), (page.Name, page.Synopsis));
        Assert.Equal(["One.", "- two"], Assert.Single(page.Parameters).Paragraphs);
        Assert.Equal("Get-Thing `a |\n    # a comment\n    Format-Table", Assert.Single(page.Examples).Code);
        Assert.Equal(["- Import-Thing"], page.Links);
    }

    [Theory]
    [InlineData("Get-Thing", "'# '")]
    [InlineData("# Get-Thing\n\n## Parameters", "'# '")]
    [InlineData("# Get-Thing\n\nGets.\n\n## Parameter", "'Parameter'")]
    [InlineData("# Get-Thing\n\nGets.\n\n## Notes\n\n## Notes", "'Notes'")]
    [InlineData("# Get-Thing\n\nGets.\n\nMore.", "'More.'")]
    [InlineData("# Get-Thing\n\nGets.\n\n## Examples\n\n```\nGet-Thing", "line 7")]
    public void APageThatIsWrongIsToldWithItsFile(string text, string told)
    {
        var message = Assert.Throws<FormatException>(() => HelpPage.Parse(text, "Get-Thing.md")).Message;
        Assert.Contains("'Get-Thing.md'", message, StringComparison.Ordinal);
        Assert.Contains(told, message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> OutputTypes(string name)
    {
        var type = typeof(FaasModel).Assembly.GetType($"FaasPS.Cmdlets.{name.Replace("-", "", StringComparison.Ordinal)}Command")!;
        return type.GetCustomAttributes(typeof(System.Management.Automation.OutputTypeAttribute), inherit: false)
            .Cast<System.Management.Automation.OutputTypeAttribute>().SelectMany(output => output.Type).Select(output => output.Name)
            .DefaultIfEmpty("None");
    }
}
