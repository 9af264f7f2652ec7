using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="JobQueryInput"/>.</summary>
sealed class JobQueryInputConverter : JsonConverter<JobQueryInput>
{
    public override JobQueryInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new JobQueryInput(null, reader.GetString());
        var fields = JsonSerializer.Deserialize<Fields>(ref reader, options)!;
        return new JobQueryInput(fields.Id, fields.Text, fields.Image);
    }

    public override void Write(Utf8JsonWriter writer, JobQueryInput value, JsonSerializerOptions options)
    {
        if (value is { Id: null, Image: null })
            writer.WriteStringValue(value.Text);
        else
            JsonSerializer.Serialize(writer, new Fields(value.Id, value.Text, value.Image), options);
    }

    sealed record Fields(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JobPicture? Image = null);
}
