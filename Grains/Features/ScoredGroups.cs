using MplugCluster.Grains.Interfaces.Features;

namespace MplugCluster.Grains.Features;

/// <summary>Scored pairs of some pictures, picture by picture.</summary>
/// <param name="ItmLogits">Logits <c>[pairs, 2]</c>; zeros where a picture failed.</param>
/// <param name="ItcSimilarities">Inner products of the embeddings <c>[pairs]</c>.</param>
/// <param name="Errors">For each picture null, or why it failed.</param>
/// <param name="Tiers">Where the image features came from.</param>
public sealed record ScoredGroups(float[] ItmLogits, float[] ItcSimilarities, ItemError?[] Errors, TierCounts Tiers);
