using System.Text.Json.Serialization;

namespace MplugCluster.Gateway.Api;

/// <summary>What became of one item.</summary>
/// <param name="Id">The item.</param>
/// <param name="Outcome"><c>added</c>, <c>replaced</c>, <c>unchanged</c>, <c>duplicate</c> (the same id stands earlier in the request) or <c>failed</c>.</param>
/// <param name="Error">Why it failed.</param>
public sealed record ItemResult(
    string Id, string Outcome, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApiError? Error = null);
