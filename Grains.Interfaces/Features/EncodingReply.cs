namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Embeddings in the order of the request.</summary>
/// <param name="Reply">How the call ended.</param>
/// <param name="Embeddings">Little-endian float32 <c>[items, embed_dim]</c>; zeros where an item failed.</param>
/// <param name="Errors">For each item null, or why it failed.</param>
/// <param name="Tiers">Where the features came from.</param>
[GenerateSerializer, Immutable, Alias("mplug.EncodingReply")]
public sealed record EncodingReply(
    [property: Id(0)] DeviceReply Reply,
    [property: Id(1)] byte[] Embeddings,
    [property: Id(2)] ItemError?[] Errors,
    [property: Id(3)] TierCounts Tiers);
