using System.Text.Json.Serialization;

namespace MplugCluster.Grains.Jobs.Ingesting;

/// <summary>A row of an ingest job's results; <see cref="ResultColumns"/> has the columns.</summary>
sealed record IngestRow(
    string Id,
    string Outcome,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ContentHash,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DuplicateOf);
