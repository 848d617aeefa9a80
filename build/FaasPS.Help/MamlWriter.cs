using System.Xml.Linq;

namespace FaasPS.Help;

/// <summary>
/// Writes the help file that PowerShell reads: MAML's command schema (developerCommand.xsd), its elements in the schema's order. Text comes
/// from the pages; types, positions, defaults and the like from the assembly, so that they are what holds.
/// </summary>
public static class MamlWriter
{
    private static readonly XNamespace Root = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The help of all commands that have a page.</summary>
    public static XDocument Write(IEnumerable<CommandDescription> commands, IReadOnlyDictionary<string, HelpPage> pages) => new(
        new XElement(
            Root + "helpItems",
            new XAttribute("schema", "maml"),
            commands.Where(command => pages.ContainsKey(command.Name)).Select(command => Write(command, pages[command.Name]))));

    private static XElement Write(CommandDescription command, HelpPage page) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", command.Name),
            new XElement(Command + "verb", command.Verb),
            new XElement(Command + "noun", command.Noun),
            Text("description", [page.Synopsis])),
        Text("description", page.Description),
        new XElement(
            Command + "syntax",
            command.ParameterSets.Select(set => new XElement(
                Command + "syntaxItem",
                new XElement(Maml + "name", command.Name),
                set.Select(parameter => Parameter(parameter, page, inSyntax: true))))),
        new XElement(Command + "parameters", command.Parameters.Select(parameter => Parameter(parameter, page, inSyntax: false))),
        new XElement(Command + "inputTypes", page.Inputs.Select(item => TypeOf("inputType", item))),
        new XElement(Command + "returnValues", page.Outputs.Select(item => TypeOf("returnValue", item))),
        new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
        new XElement(Command + "examples", page.Examples.Select(Example)),
        new XElement(
            Command + "relatedLinks",
            page.Links.Select(link => new XElement(
                Maml + "navigationLink", new XElement(Maml + "linkText", link.TrimStart('-', ' ')), new XElement(Maml + "uri")))));

    private static XElement Parameter(ParameterDescription parameter, HelpPage page, bool inSyntax) => new(
        Command + "parameter",
        new XAttribute("required", parameter.IsMandatory ? "true" : "false"),
        new XAttribute("variableLength", parameter.IsList ? "true" : "false"),
        new XAttribute("globbing", parameter.TakesWildcards ? "true" : "false"),
        new XAttribute("pipelineInput", parameter.PipelineInput),
        new XAttribute("position", parameter.Position is { } position ? XmlText(position) : "named"),
        new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
        new XElement(Maml + "name", parameter.Name),
        Text("description", DescriptionOf(parameter, page)),
        inSyntax && parameter.Values.Count > 0
            ? new XElement(Command + "parameterValueGroup", parameter.Values.Select(value => ValueOf(value, required: false, variable: false)))
            : null,
        inSyntax && parameter.IsSwitch ? null : ValueOf(parameter.Type, required: !parameter.IsSwitch, parameter.IsList),
        TypeName(parameter.Type),
        new XElement(Dev + "defaultValue", parameter.Default ?? (parameter.IsSwitch ? "False" : "None")));

    /// <summary>The page's text; for a closed set its values, which the page need not repeat.</summary>
    private static IEnumerable<string> DescriptionOf(ParameterDescription parameter, HelpPage page)
    {
        var text = CommandDescription.CommonHelp(parameter.Name) is { } common
            ? [common]
            : page.Parameters.FirstOrDefault(item => item.Title == parameter.Name)?.Paragraphs ?? [];
        return parameter.Values.Count == 0 ? text : [.. text, $"Possible values: {string.Join(", ", parameter.Values)}"];
    }

    private static XElement Example(HelpItem example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", $"-------- Example {index + 1}: {example.Title} --------"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs([.. example.Paragraphs, ""]))); // a line between examples

    private static XElement TypeOf(string element, HelpItem item) =>
        new(Command + element, TypeName(item.Title), Text("description", item.Paragraphs));

    private static XElement TypeName(string name) => new(Dev + "type", new XElement(Maml + "name", name), new XElement(Maml + "uri"));

    private static XElement ValueOf(string text, bool required, bool variable) => new(
        Command + "parameterValue",
        new XAttribute("required", required ? "true" : "false"),
        new XAttribute("variableLength", variable ? "true" : "false"),
        text);

    private static XElement Text(string element, IEnumerable<string> paragraphs) => new(Maml + element, Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(paragraph => new XElement(Maml + "para", paragraph));

    private static string XmlText(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
