using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="PairSelection"/>.</summary>
sealed class PairSelectionConverter : JsonConverter<PairSelection>
{
    public override PairSelection Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString() switch
            {
                "all" => PairSelection.All,
                "zip" => PairSelection.Zipped,
                var other => throw new JsonException($"'{other}' is not a selection of pairs; \"all\", \"zip\" and lists of [image, text] are."),
            };
        }

        var pairs = JsonSerializer.Deserialize<int[][]>(ref reader, options)!;
        return Array.TrueForAll(pairs, pair => pair is [_, _])
            ? PairSelection.Of([.. pairs.Select(pair => (pair[0], pair[1]))])
            : throw new JsonException("A pair is [image number, text number].");
    }

    public override void Write(Utf8JsonWriter writer, PairSelection value, JsonSerializerOptions options)
    {
        if (value.List is null)
            writer.WriteStringValue(value.Zip ? "zip" : "all");
        else
            JsonSerializer.Serialize(writer, value.List.Select(pair => new[] { pair.Image, pair.Text }), options);
    }
}
