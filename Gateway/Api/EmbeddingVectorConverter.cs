using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="EmbeddingVector"/>.</summary>
sealed class EmbeddingVectorConverter : JsonConverter<EmbeddingVector>
{
    public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new EmbeddingVector(MemoryMarshal.Cast<byte, float>(reader.GetBytesFromBase64()).ToArray(), true)
            : new EmbeddingVector(JsonSerializer.Deserialize<float[]>(ref reader, options)!, false);

    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        if (value.AsBase64)
            writer.WriteBase64StringValue(MemoryMarshal.AsBytes<float>(value.Values));
        else
            JsonSerializer.Serialize(writer, value.Values, options);
    }
}
