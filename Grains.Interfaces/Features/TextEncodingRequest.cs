namespace MplugCluster.Grains.Interfaces.Features;

/// <summary>Texts to encode.</summary>
/// <param name="Fingerprint">Package the caller counts on.</param>
/// <param name="TokenIds">Token ids of each text, without padding.</param>
/// <param name="BudgetMs">Time left for the call, in milliseconds.</param>
[GenerateSerializer, Immutable, Alias("mplug.TextEncodingRequest")]
public sealed record TextEncodingRequest(
    [property: Id(0)] string Fingerprint,
    [property: Id(1)] int[][] TokenIds,
    [property: Id(2)] int BudgetMs);
