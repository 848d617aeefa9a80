using System.Text.Json;
using FaasPS.Engine.Weights;

namespace FaasPS.Engine.Skipping;

/// <summary>Reads one policy file, which may come from a stranger: bounded in size and depth, every fault told with its place.</summary>
internal sealed class PolicyReader
{
    public const string ControlSection = "control_model";
    public const string DiffusionSection = "diffusion_model";
    public const string ExtraSection = "faas";

    private const int LargestFile = 1 << 20;
    private const int LongestName = 200;
    private const int Depth = 16;

    private readonly string path;

    private PolicyReader(string path) => this.path = path;

    public static SkipPolicy Read(string path) => new PolicyReader(path).Read();

    private SkipPolicy Read()
    {
        try
        {
            using var document = JsonDocument.Parse(Bytes(), new JsonDocumentOptions { MaxDepth = Depth });
            return Policy(document.RootElement);
        }
        catch (JsonException exception)
        {
            var place = FormattableString.Invariant($"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
            throw new PolicyException($"'{path}' is not a policy: its JSON is wrong at {place}. {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new PolicyException($"'{path}' is not a policy: a text in it is not valid Unicode.", exception);
        }
    }

    private ReadOnlyMemory<byte> Bytes()
    {
        using var file = File.OpenRead(path);
        if (file.Length > LargestFile)
            throw new PolicyException(
                FormattableString.Invariant($"'{path}' is not a policy: it has {file.Length} bytes, and a policy at most {LargestFile}."));
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF]; // some editors and Windows PowerShell begin files with it
        return bytes.AsSpan().StartsWith(mark) ? bytes.AsMemory(mark.Length) : bytes;
    }

    private SkipPolicy Policy(JsonElement root)
    {
        var members = Members(root, "the file");
        var (control, diffusion) = (Find(members, ControlSection), Find(members, DiffusionSection));
        if (control is null || diffusion is null)
        {
            var missing = control is null ? ControlSection : DiffusionSection;
            throw Fault($"it has no '{missing}'. A policy has '{ControlSection}' and '{DiffusionSection}', which may be empty: {{}}");
        }
        var extra = Find(members, ExtraSection) is { } faas ? Members(faas, ExtraSection) : [];
        return new SkipPolicy(
            Text(extra, "name") ?? Path.GetFileNameWithoutExtension(path), Band(extra), Text(extra, "model"),
            Section(control.Value, ControlSection), Section(diffusion.Value, DiffusionSection))
        {
            Origin = Text(extra, "origin"),
            MacsSkippable = Number(extra, ExtraSection, "macs_skippable", 1),
            Tolerance = Number(extra, ExtraSection, "tolerance", 1),
            UnitTolerances = UnitTolerances(extra),
            Fidelity = Fidelity(extra),
        };
    }

    private Dictionary<string, double> UnitTolerances(List<KeyValuePair<string, JsonElement>> extra)
    {
        const string Key = "unit_tolerances";
        if (Find(extra, Key) is not { ValueKind: not JsonValueKind.Null } value) return [];
        var units = Members(value, Key);
        return units.ToDictionary(
            unit => unit.Key, unit => Number(unit.Value, Key, unit.Key, 1e6) ?? throw Fault($"{Key}, '{unit.Key}' is null"), StringComparer.Ordinal);
    }

    private FidelityPoint[] Fidelity(List<KeyValuePair<string, JsonElement>> extra)
    {
        const string Key = "fidelity";
        if (Find(extra, Key) is not { ValueKind: not JsonValueKind.Null } value) return [];
        if (value.ValueKind != JsonValueKind.Array) throw Fault($"{ExtraSection}, '{Key}' is not a list [...]");
        return [.. value.EnumerateArray().Select(point =>
        {
            var members = Members(point, Key);
            double Of(string key, double most) => Number(members, Key, key, most) ?? throw Fault($"{Key} has a point without '{key}'");
            return new FidelityPoint(Of("tolerance", 1), Of("macs_saved", 1), Of("psnr", FidelityCalibration.HighestPsnr));
        })];
    }

    private List<KeyValuePair<string, Verdict>> Section(JsonElement section, string place)
    {
        var verdicts = new List<KeyValuePair<string, Verdict>>();
        foreach (var (layer, value) in Members(section, place))
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
            if (value.ValueKind != JsonValueKind.String || !Verdicts.TryParse(text, out var verdict))
                throw Fault($"{place}, '{layer}' has the verdict {WeightsException.Quote(text)}. Valid: {Verdicts.Valid}");
            verdicts.Add(KeyValuePair.Create(layer, verdict));
        }
        return verdicts;
    }

    private ControlBand? Band(List<KeyValuePair<string, JsonElement>> extra)
    {
        if (Text(extra, "band") is not { } name) return null;
        return ControlBands.TryParse(name, out var band)
            ? band
            : throw Fault($"{ExtraSection}, 'band' is {WeightsException.Quote(name)}. Valid: {ControlBands.Valid}");
    }

    private string? Text(List<KeyValuePair<string, JsonElement>> extra, string key)
    {
        if (Find(extra, key) is not { ValueKind: not JsonValueKind.Null } value) return null;
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw Fault($"{ExtraSection}, '{key}' is {WeightsException.Quote(value.GetRawText())}, which is not a text");
    }

    private double? Number(List<KeyValuePair<string, JsonElement>> members, string place, string key, double most) =>
        Number(Find(members, key), place, key, most);

    private double? Number(JsonElement? found, string place, string key, double most)
    {
        if (found is not { ValueKind: not JsonValueKind.Null } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= 0 && number <= most
            ? number
            : throw Fault(FormattableString.Invariant(
                $"{place}, '{key}' is {WeightsException.Quote(value.GetRawText())}, which is not a number from 0 to {most}"));
    }

    private static JsonElement? Find(List<KeyValuePair<string, JsonElement>> members, string name)
    {
        foreach (var (key, value) in members)
        {
            if (key == name) return value;
        }
        return null;
    }

    /// <summary>An object's members in the file's order, no two of one name.</summary>
    private List<KeyValuePair<string, JsonElement>> Members(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Fault($"{place} is {WeightsException.Quote(element.GetRawText())}, which is not an object {{...}}");
        var members = new List<KeyValuePair<string, JsonElement>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Length > LongestName || member.Name.Any(char.IsControl))
                throw Fault($"{place} has the name {WeightsException.Quote(member.Name)}, which no layer has");
            if (!names.Add(member.Name)) throw Fault($"{place} has '{member.Name}' twice. Leave one of them");
            members.Add(KeyValuePair.Create(member.Name, member.Value));
        }
        return members;
    }

    private PolicyException Fault(string what) => new($"'{path}' is not a policy: {what}.");
}
