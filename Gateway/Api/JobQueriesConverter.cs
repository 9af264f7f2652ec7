using System.Text.Json;
using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>Reads and writes <see cref="JobQueries"/>.</summary>
sealed class JobQueriesConverter : JsonConverter<JobQueries>
{
    public override JobQueries Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out var count) => JobQueries.Of(count),
        JsonTokenType.StartArray => JobQueries.Of(NoNulls(JsonSerializer.Deserialize<JobQueryInput[]>(ref reader, options)!)),
        _ => throw new JsonException("Queries are a list; for a plan also their number."),
    };

    public override void Write(Utf8JsonWriter writer, JobQueries value, JsonSerializerOptions options)
    {
        if (value.List is null)
            writer.WriteNumberValue(value.Count);
        else
            JsonSerializer.Serialize(writer, value.List, options);
    }

    static JobQueryInput[] NoNulls(JobQueryInput[] queries) =>
        Array.TrueForAll(queries, query => query is not null) ? queries : throw new JsonException("The list of queries holds a null.");
}
