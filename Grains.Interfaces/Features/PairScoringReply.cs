namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Scored pairs, in the order of the request's groups and of the texts within each.</summary>
/// <param name="Reply">How the call ended.</param>
/// <param name="ItmLogits">Little-endian float32 <c>[pairs, 2]</c>; zeros where a picture failed.</param>
/// <param name="ItcSimilarities">Little-endian float32 <c>[pairs]</c>: inner products of the embeddings.</param>
/// <param name="Errors">For each group null, or why its picture failed.</param>
/// <param name="Tiers">Where the image features came from.</param>
[GenerateSerializer, Immutable, Alias("mplug.PairScoringReply")]
public sealed record PairScoringReply(
    [property: Id(0)] DeviceReply Reply,
    [property: Id(1)] byte[] ItmLogits,
    [property: Id(2)] byte[] ItcSimilarities,
    [property: Id(3)] ItemError?[] Errors,
    [property: Id(4)] TierCounts Tiers);
