namespace FaasPS.Host.Formatting;

internal sealed record Column(string Label, string Property, int? Width = null, bool? AlignRight = null, string? Format = null);

internal sealed record TableView(IReadOnlyList<Column> Columns);

internal sealed record ListView(IReadOnlyList<(string Label, string Property, string? Format)> Items);
