using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace FaasPS.Host.Formatting;

/// <summary>
/// The default views of types, from *.Format.ps1xml beside a module's assembly or in views/ there. Tables and lists of properties are
/// read; columns that need a script block are left out, as there is nothing to run it with.
/// </summary>
internal sealed class ViewSet
{
    private readonly Dictionary<string, TableView> tables = new(StringComparer.OrdinalIgnoreCase)
    {
        ["System.IO.FileSystemInfo"] = new TableView(
        [
            new Column("LastWriteTime", "LastWriteTime", 19, AlignRight: true, Format: "yyyy-MM-dd HH:mm:ss"),
            new Column("Length", "Length", 12, AlignRight: true),
            new Column("Name", "Name"),
        ]),
    };

    private readonly Dictionary<string, ListView> lists = new(StringComparer.OrdinalIgnoreCase);

    public void AddModule(Assembly assembly)
    {
        string folder = Path.GetDirectoryName(assembly.Location) ?? "";
        foreach (string place in new[] { folder, Path.Combine(folder, "views") }.Where(Directory.Exists))
        {
            foreach (string file in Directory.GetFiles(place, "*.Format.ps1xml"))
                Add(file);
        }
    }

    /// <summary>Reads one file. Throws InvalidDataException, naming it, when it is not a format file.</summary>
    public void Add(string file)
    {
        try
        {
            foreach (XElement view in XDocument.Load(file).Descendants("View"))
            {
                TableView? table = view.Element("TableControl") is { } control ? Table(control) : null;
                ListView? list = view.Element("ListControl") is { } items ? List(items) : null;
                foreach (string type in view.Element("ViewSelectedBy")?.Elements("TypeName").Select(name => name.Value.Trim()) ?? [])
                {
                    // The first view of a type is its default.
                    if (table is not null)
                        tables.TryAdd(type, table);
                    if (list is not null)
                        lists.TryAdd(type, list);
                }
            }
        }
        catch (XmlException e)
        {
            throw new InvalidDataException($"{file} is not a format file: {e.Message}", e);
        }
    }

    public TableView? TableOf(PSObject item) => Find(tables, item);

    public ListView? ListOf(PSObject item) => Find(lists, item);

    private static T? Find<T>(Dictionary<string, T> views, PSObject item)
        where T : class => item.TypeNames.Select(name => views.GetValueOrDefault(name)).FirstOrDefault(view => view is not null);

    private static TableView Table(XElement control)
    {
        XElement[] headers = [.. control.Element("TableHeaders")?.Elements("TableColumnHeader") ?? []];
        XElement[] items = [.. control.Descendants("TableColumnItem")];
        var columns = new List<Column>();
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].Element("PropertyName")?.Value.Trim() is not { } property)
                continue;
            XElement? header = i < headers.Length ? headers[i] : null;
            string? alignment = (items[i].Element("Alignment") ?? header?.Element("Alignment"))?.Value.Trim();
            columns.Add(new Column(
                header?.Element("Label")?.Value.Trim() ?? property,
                property,
                int.TryParse(header?.Element("Width")?.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int width)
                    ? width : null,
                alignment is null ? null : alignment.Equals("Right", StringComparison.OrdinalIgnoreCase),
                items[i].Element("FormatString")?.Value));
        }

        return new TableView(columns);
    }

    private static ListView List(XElement control) => new(
        [.. control.Descendants("ListItem").Where(item => item.Element("PropertyName") is not null).Select(item =>
        {
            string property = item.Element("PropertyName")!.Value.Trim();
            return (item.Element("Label")?.Value.Trim() ?? property, property, item.Element("FormatString")?.Value);
        })]);
}
