namespace FaasPS.Host.Commands;

/// <summary>The commands the host has of its own.</summary>
internal static class BuiltIn
{
    public static IReadOnlyList<Type> Commands { get; } =
    [
        typeof(GetChildItemCommand), typeof(GetContentCommand), typeof(SelectObjectCommand), typeof(MeasureObjectCommand),
        typeof(FormatTableCommand), typeof(FormatListCommand), typeof(ConvertToJsonCommand), typeof(WriteOutputCommand),
        typeof(ImportCsvCommand), typeof(ConvertFromJsonCommand),
    ];
}
