using System.Text.Json;

namespace FaasPS.Engine.Routing;

/// <summary>Labels that no router can be trained on. The message names the file and the entry at fault.</summary>
public sealed class RouterDataException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A prompt and how complex it is.</summary>
/// <param name="Prompt">The prompt; may be empty.</param>
/// <param name="Complexity">0 to 1.</param>
public sealed record LabelledPrompt(string Prompt, double Complexity)
{
    /// <summary>Reads the reference's labels, a JSON list of {"prompt": text, "complexity_score": 0 to 1}; other properties are ignored.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="RouterDataException">It is no such list, is empty, or has a score out of range.</exception>
    public static IReadOnlyList<LabelledPrompt> Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"There are no labels at '{path}'.", path);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            if (json.RootElement.ValueKind != JsonValueKind.Array) throw Bad(path, "it is no JSON list");
            if (json.RootElement.GetArrayLength() == 0) throw Bad(path, "the list is empty");
            return [.. json.RootElement.EnumerateArray().Select((entry, i) => Entry(entry, i + 1, path))];
        }
        catch (JsonException exception)
        {
            throw Bad(path, $"it is no JSON: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw Bad(path, "a text in it is not valid Unicode", exception);
        }
    }

    private static LabelledPrompt Entry(JsonElement entry, int number, string path)
    {
        JsonElement Property(string name, JsonValueKind kind) =>
            entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == kind
                ? value
                : throw Bad(path, $"entry {number} has no \"{name}\" that is a {kind.ToString().ToLowerInvariant()}");
        var prompt = Property("prompt", JsonValueKind.String).GetString()!;
        var score = Property("complexity_score", JsonValueKind.Number).GetDouble();
        return score is >= 0 and <= 1
            ? new LabelledPrompt(prompt, score)
            : throw Bad(path, FormattableString.Invariant($"entry {number} has the score {score}; scores are from 0 to 1"));
    }

    private static RouterDataException Bad(string path, string problem, Exception? inner = null) => new(
        $"No router can be trained on '{path}': {problem}. It should be [{{\"prompt\": \"...\", \"complexity_score\": 0.5}}, ...].", inner);
}
