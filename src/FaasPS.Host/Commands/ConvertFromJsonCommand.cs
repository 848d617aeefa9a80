using System.Management.Automation;
using System.Text.Json;

namespace FaasPS.Host.Commands;

/// <summary>Objects from JSON: one text over all lines, or, where the first line is complete, one in each line.</summary>
[Cmdlet("ConvertFrom", "Json")]
[OutputType(typeof(PSObject))]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> lines = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = "";

    protected override void ProcessRecord() => lines.Add(InputObject);

    protected override void EndProcessing()
    {
        var given = lines.FindAll(line => !string.IsNullOrWhiteSpace(line));
        try
        {
            foreach (string text in given.Count > 1 && IsComplete(given[0]) ? given : [string.Join('\n', given)])
            {
                using var document = JsonDocument.Parse(text);
                WriteObject(Value(document.RootElement), enumerateCollection: true);
            }
        }
        catch (JsonException e)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSInvalidOperationException($"Conversion from JSON failed with error: {e.Message}", e),
                "System.ArgumentException", ErrorCategory.NotSpecified, null));
        }
    }

    private static bool IsComplete(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static object? Value(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new PSObject();
                foreach (JsonProperty property in element.EnumerateObject())
                    result.Properties.Add(new PSNoteProperty(property.Name, Value(property.Value)), preValidated: true);
                return result;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(Value).ToArray();
            case JsonValueKind.Number:
                return element.TryGetInt64(out long whole) ? (object)whole : element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return element.GetString();
        }
    }
}
