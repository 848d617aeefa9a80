using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FaasPS.Host.Commands;

[Cmdlet("ConvertTo", "Json")]
[OutputType(typeof(string))]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private readonly List<object?> items = [];
    private bool truncated;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    [Parameter]
    public SwitchParameter Compress { get; set; }

    [Parameter]
    public SwitchParameter EnumsAsStrings { get; set; }

    [Parameter]
    public SwitchParameter AsArray { get; set; }

    protected override void ProcessRecord() => items.Add(InputObject);

    protected override void EndProcessing()
    {
        if (items.Count == 0)
            return;
        using var buffer = new MemoryStream();
        var options =
            new JsonWriterOptions { Indented = !Compress, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };
        using (var writer = new Utf8JsonWriter(buffer, options))
            Write(writer, items.Count > 1 || AsArray ? items : items[0], 0);
        if (truncated)
            WriteWarning(string.Create(
                CultureInfo.InvariantCulture, $"Resulting JSON is truncated as serialization has exceeded the set depth of {Depth}."));
        WriteObject(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    // The items of the pipeline count as depth 0, as their array is not one the user made.
    private void Write(Utf8JsonWriter writer, object? value, int depth)
    {
        object? plain = value is PSObject { BaseObject: not PSCustomObject } wrapper ? wrapper.BaseObject : value;
        switch (plain)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case SwitchParameter given:
                writer.WriteBooleanValue(given.IsPresent);
                break;
            case DateTime time:
                writer.WriteStringValue(time);
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(time);
                break;
            case Enum member when EnumsAsStrings:
                writer.WriteStringValue(member.ToString());
                break;
            case Enum member:
                writer.WriteRawValue(Convert.ToDecimal(member, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
                break;
            case double or float when !double.IsFinite(Convert.ToDouble(plain, CultureInfo.InvariantCulture)):
                writer.WriteStringValue(Convert.ToString(plain, CultureInfo.InvariantCulture));
                break;
            case double or float:
                WriteReal(writer, (IFormattable)plain);
                break;
            case IFormattable number
                when LanguagePrimitives.TryConvertTo(plain, CultureInfo.InvariantCulture, out decimal _) && plain is IConvertible:
                writer.WriteRawValue(number.ToString(null, CultureInfo.InvariantCulture));
                break;
            case string or char or Guid or Uri or Version or Type:
                writer.WriteStringValue(plain.ToString());
                break;
            default:
                WriteComposite(writer, value!, plain, depth);
                break;
        }
    }

    // A real number stays one: 1 is written 1.0.
    private static void WriteReal(Utf8JsonWriter writer, IFormattable number)
    {
        string text = number.ToString("R", CultureInfo.InvariantCulture);
        writer.WriteRawValue(text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text);
    }

    private void WriteComposite(Utf8JsonWriter writer, object value, object plain, int depth)
    {
        if (depth > Depth)
        {
            truncated = true;
            writer.WriteStringValue(LanguagePrimitives.ConvertTo(value, typeof(string), CultureInfo.InvariantCulture) as string);
            return;
        }

        if (LanguagePrimitives.GetEnumerable(plain) is { } elements)
        {
            writer.WriteStartArray();
            int next = ReferenceEquals(plain, items) ? depth : depth + 1;
            foreach (object? element in elements)
                Write(writer, element, next);
            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject();
        if (plain is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                writer.WritePropertyName(entry.Key.ToString() ?? "");
                Write(writer, entry.Value, depth + 1);
            }
        }
        else
        {
            foreach (PSPropertyInfo property in PSObject.AsPSObject(value).Properties)
            {
                writer.WritePropertyName(property.Name);
                Write(writer, PropertySelection.Read(property), depth + 1);
            }
        }

        writer.WriteEndObject();
    }
}
