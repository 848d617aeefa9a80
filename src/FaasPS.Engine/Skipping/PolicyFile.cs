using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FaasPS.Engine.Skipping;

/// <summary>
/// Policy files: FAAS's JSON of two sections, layer name to verdict, laid out as Python's json module does with an indent of 4. What this
/// project knows beyond that lies under one more key, faas, which the reference's readers pass over.
/// </summary>
public static class PolicyFile
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it is a file, not a web page: no \u0027
    };

    /// <summary>Reads a policy. Its name is the file's, unless the file tells one.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PolicyException">The file holds no policy; the message says where and what is valid.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static SkipPolicy Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no policy at '{path}'.", path);
        return PolicyReader.Read(path);
    }

    /// <summary>Writes a policy; the file appears complete or not at all.</summary>
    /// <param name="policy">What to write.</param>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <exception cref="IOException">The folder does not exist, or the disk fails.</exception>
    public static void Write(SkipPolicy policy, string path) =>
        WholeFile.Write(path, temporary => File.WriteAllText(temporary, ToJson(policy)));

    /// <summary>The file's text. A policy that knows no more than the reference's is written as the reference writes it.</summary>
    public static string ToJson(SkipPolicy policy)
    {
        var root = new JsonObject
        {
            [PolicyReader.ControlSection] = Section(policy.ControlModel),
            [PolicyReader.DiffusionSection] = Section(policy.DiffusionModel),
        };
        var probed = policy is not { Tolerance: null, UnitTolerances.Count: 0, Fidelity.Count: 0 };
        if (probed || policy is not { Band: null, Model: null, Origin: null, MacsSkippable: null })
        {
            var extra = new JsonObject
            {
                ["name"] = policy.Name,
                ["band"] = policy.Band?.Name(),
                ["model"] = policy.Model,
                ["origin"] = policy.Origin,
                ["macs_skippable"] = policy.MacsSkippable,
            };
            if (probed) AddProbing(extra, policy);
            root[PolicyReader.ExtraSection] = extra;
        }
        return Indent(root.ToJsonString(Layout));
    }

    private static void AddProbing(JsonObject extra, SkipPolicy policy)
    {
        extra["tolerance"] = policy.Tolerance;
        extra["unit_tolerances"] = new JsonObject(
            policy.UnitTolerances.Select(unit => KeyValuePair.Create(unit.Key, (JsonNode?)JsonValue.Create(unit.Value))));
        extra["fidelity"] = new JsonArray([.. policy.Fidelity.Select(point => new JsonObject
        {
            ["tolerance"] = point.Tolerance,
            ["macs_saved"] = point.MacsSaved,
            ["psnr"] = point.Psnr,
        })]);
    }

    private static JsonObject Section(IEnumerable<KeyValuePair<string, Verdict>> verdicts) =>
        new(verdicts.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value.Name()))));

    /// <summary>From .NET's two spaces a level to four; no string holds a line break, so all leading space is indentation.</summary>
    private static string Indent(string json)
    {
        var text = new StringBuilder();
        foreach (var line in json.ReplaceLineEndings("\n").Split('\n'))
            text.Append('\n').Append(' ', line.Length - line.TrimStart(' ').Length).Append(line);
        return text.ToString(1, text.Length - 1);
    }
}
