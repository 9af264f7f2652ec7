using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Corpora.Segments;

/// <summary>In a manifest: the rows one by one or, where that is shorter, the bitmap in base64.</summary>
sealed class TombstonesConverter : JsonConverter<Tombstones>
{
    const int DigitsOfRow = 6;
    const int LargestRow = 1 << 28;

    public override Tombstones Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (!reader.TryGetBytesFromBase64(out var bytes) || bytes.Length % sizeof(ulong) != 0)
                throw new JsonException("deleted rows are neither a list nor a bitmap");
            return new Tombstones(MemoryMarshal.Cast<byte, ulong>(bytes).ToArray());
        }

        var rows = JsonSerializer.Deserialize<int[]>(ref reader, options) ?? throw new JsonException("deleted rows are missing");
        return rows.All(row => row is >= 0 and < LargestRow) ? Tombstones.None.With(rows) : throw new JsonException("a deleted row is out of range");
    }

    public override void Write(Utf8JsonWriter writer, Tombstones value, JsonSerializerOptions options)
    {
        var bitmap = MemoryMarshal.AsBytes(value.Words);
        if (value.Count * DigitsOfRow <= bitmap.Length * 4 / 3)
        {
            writer.WriteStartArray();
            foreach (var row in value.Rows)
                writer.WriteNumberValue(row);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteBase64StringValue(bitmap);
        }
    }
}
