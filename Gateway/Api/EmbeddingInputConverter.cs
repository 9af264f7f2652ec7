using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="EmbeddingInput"/>.</summary>
sealed class EmbeddingInputConverter : JsonConverter<EmbeddingInput>
{
    public override EmbeddingInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            var text = reader.GetString()!;
            return text.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)
                ? new EmbeddingInput(null, PictureInputConverter.Parse(text))
                : new EmbeddingInput(text, null);
        }

        using var json = JsonDocument.ParseValue(ref reader);
        if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.GetPropertyCount() == 1)
        {
            if (json.RootElement.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
                return new EmbeddingInput(text.GetString(), null);
            if (json.RootElement.TryGetProperty("image", out var image) && image.ValueKind != JsonValueKind.Null)
                return new EmbeddingInput(null, image.Deserialize<PictureInput>(options));
        }

        throw new JsonException("An input is a string, {\"text\": ...} or {\"image\": ...}.");
    }

    public override void Write(Utf8JsonWriter writer, EmbeddingInput value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value.Text is not null)
        {
            writer.WriteString("text", value.Text);
        }
        else
        {
            writer.WritePropertyName("image");
            JsonSerializer.Serialize(writer, value.Image, options);
        }

        writer.WriteEndObject();
    }
}
