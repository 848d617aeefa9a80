using System.Text.Json;
using System.Text.Json.Serialization;
using FaasPS.Engine.Skipping;

namespace FaasPS.Engine.Calibration;

/// <summary>
/// A model's scores as they are shipped: a JSON list of objects with the properties of <see cref="LayerScore"/>, as ConvertTo-Json writes
/// what Measure-FaasLayerScore gives.
/// </summary>
public static class ScoreFile
{
    private const int LargestFile = 16 << 20;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNameCaseInsensitive = true,
        Converters = { new BandConverter(), new JsonStringEnumConverter() },
    };

    /// <summary>Reads a file of scores.</summary>
    /// <exception cref="PolicyException">It holds no scores; the message says where.</exception>
    public static IReadOnlyList<LayerScore> Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > LargestFile) throw new PolicyException($"'{path}' is too large to be a file of scores.");
        try
        {
            var scores = JsonSerializer.Deserialize<List<LayerScore?>>(file, Format) ?? [];
            if (scores.Exists(score => score is null or { Layer: null } || !Enum.IsDefined(score.Network) || !Enum.IsDefined(score.Kind)))
            {
                throw new PolicyException(
                    $"'{path}' holds no scores: an entry lacks a Layer, Network or Kind. Make it anew with Measure-FaasLayerScore.");
            }
            return scores!;
        }
        catch (JsonException exception)
        {
            throw new PolicyException(
                $"'{path}' holds no scores: {exception.Message} Make it anew with Measure-FaasLayerScore.", exception);
        }
    }

    private sealed class BandConverter : JsonConverter<ControlBand>
    {
        public override ControlBand Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && ControlBands.TryParse(reader.GetString(), out var band)
                ? band
                : throw new JsonException($"Not a band. Valid: {ControlBands.Valid}.");

        public override void Write(Utf8JsonWriter writer, ControlBand value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Name());
    }
}
