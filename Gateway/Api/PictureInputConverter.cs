using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="PictureInput"/>.</summary>
sealed class PictureInputConverter : JsonConverter<PictureInput>
{
    public override PictureInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return Parse(reader.GetString()!);
        using var json = JsonDocument.ParseValue(ref reader);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("blob", out var blob) && blob.ValueKind == JsonValueKind.String
            && json.RootElement.GetPropertyCount() == 1
            ? PictureInput.OfBlob(blob.GetString()!)
            : throw new JsonException("A picture is {\"blob\": \"<sha-256>\"}, a data URI, or base64.");
    }

    public override void Write(Utf8JsonWriter writer, PictureInput value, JsonSerializerOptions options)
    {
        if (value.Blob is null)
        {
            writer.WriteStringValue(value.Url ?? Convert.ToBase64String(value.Data ?? []));
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("blob", value.Blob);
        writer.WriteEndObject();
    }

    /// <summary>A string as a picture.</summary>
    internal static PictureInput Parse(string text)
    {
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return PictureInput.OfUrl(text);
        var comma = text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? text.IndexOf(',') : -1;
        if (comma >= 0 && !text.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            return PictureInput.Malformed("A data URI of a picture must be base64: data:image/jpeg;base64,...");
        try
        {
            return PictureInput.OfData(Convert.FromBase64String(text[(comma + 1)..]));
        }
        catch (FormatException)
        {
            return PictureInput.Malformed("A picture's string must be a data URI, base64 or a URL; this is none of them.");
        }
    }
}
