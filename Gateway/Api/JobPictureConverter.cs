using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="JobPicture"/>.</summary>
sealed class JobPictureConverter : JsonConverter<JobPicture>
{
    public override JobPicture Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var json = JsonDocument.ParseValue(ref reader);
        var root = json.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("source", out var source))
        {
            return root.ValueKind is JsonValueKind.String or JsonValueKind.Object
                ? root.Deserialize<PictureInput>(options)!
                : throw Wrong();
        }

        return root.GetPropertyCount() == 2 && source.ValueKind == JsonValueKind.String
            && root.TryGetProperty("path", out var path) && path.ValueKind == JsonValueKind.String
            ? JobPicture.At(source.GetString()!, path.GetString()!)
            : throw Wrong();
    }

    public override void Write(Utf8JsonWriter writer, JobPicture value, JsonSerializerOptions options)
    {
        if (value.Picture is not null)
        {
            JsonSerializer.Serialize(writer, value.Picture, options);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("source", value.Source);
        writer.WriteString("path", value.Path);
        writer.WriteEndObject();
    }

    static JsonException Wrong() =>
        new("A picture of a job is {\"source\": \"folder:/data\", \"path\": \"a.jpg\"}, {\"blob\": \"<sha-256>\"}, a data URI, or base64.");
}
