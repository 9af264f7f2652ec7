using System.Text.Json;
using System.Text.Json.Serialization;
using MplugCluster.Gateway.Api;

namespace MplugCluster.Cli.Score;

/// <summary>One line of a pair file, before and after scoring.</summary>
sealed record PairLine
{
    public string? Image { get; init; }

    public string? Text { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? ItmLogit { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? ItmProbability { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? ItcSimilarity { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ApiError? Error { get; init; }

    /// <summary>Reads a line; one that is no pair carries its error.</summary>
    public static PairLine Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var (image, text) = (StringOf(json, "image"), StringOf(json, "text"));
            return new PairLine
            {
                Image = image,
                Text = text,
                Error = image is null || text is null ? new ApiError("invalid", "The line needs the strings \"image\" and \"text\".") : null,
            };
        }
        catch (JsonException e)
        {
            return new PairLine { Error = new ApiError("invalid", $"The line is not JSON: {ApiJson.ReasonOf(e)}") };
        }
    }

    /// <summary>The line with its numbers, or its error.</summary>
    public PairLine With(ScoredPair pair) => this with
    {
        ItmLogit = pair.ItmLogit,
        ItmProbability = pair.ItmProbability,
        ItcSimilarity = pair.ItcSimilarity,
        Error = pair.Error,
    };

    static string? StringOf(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
