namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>How a text attends to a picture.</summary>
/// <param name="Reply">How the call ended.</param>
/// <param name="Maps">Little-endian float32 <c>[text tokens, patches]</c>, patches row by row; each token's sum to 1. Empty when there is none.</param>
/// <param name="NoMatch">ITM logit of class 0.</param>
/// <param name="Match">ITM logit of class 1.</param>
/// <param name="Error">Why the picture failed; null when it did not.</param>
/// <param name="Tiers">Where the image features came from.</param>
[GenerateSerializer, Immutable, Alias("mplug.ExplanationReply")]
public sealed record ExplanationReply(
    [property: Id(0)] DeviceReply Reply,
    [property: Id(1)] byte[] Maps,
    [property: Id(2)] float NoMatch,
    [property: Id(3)] float Match,
    [property: Id(4)] ItemError? Error,
    [property: Id(5)] TierCounts Tiers);
