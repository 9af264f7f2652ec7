using System.Text.Json.Serialization;

namespace MplugCluster.Silo.Health;

/// <summary>Answer of the probes.</summary>
/// <param name="Status"><c>live</c>, <c>lost</c>, <c>ready</c> or <c>not_ready</c>.</param>
/// <param name="Faults">Why it is not ready, or lost.</param>
public sealed record HealthAnswer(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("faults"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Faults = null);
