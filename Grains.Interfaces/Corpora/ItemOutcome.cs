using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Interfaces.Corpora;

/// <summary>What became of one item of an upsert.</summary>
/// <param name="Id">The item.</param>
/// <param name="Outcome"><c>added</c>, <c>replaced</c>, <c>unchanged</c>, <c>duplicate</c> (same id earlier in the request) or <c>failed</c>.</param>
/// <param name="Error">Why it failed.</param>
[GenerateSerializer, Immutable, Alias("mplug.ItemOutcome")]
public sealed record ItemOutcome(
    [property: Id(0)] string Id,
    [property: Id(1)] string Outcome,
    [property: Id(2)] ItemError? Error = null);
