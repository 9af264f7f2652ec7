using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Jobs.Ranking;

/// <summary>A row of a rank job's results; <see cref="ResultColumns"/> has the columns.</summary>
sealed record RankRow(
    string Query,
    int Rank,
    string Id,
    int RankItc,
    float ItcSimilarity,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? ItmLogit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] float? ItmProbability,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text);
