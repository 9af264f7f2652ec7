namespace MplugCluster.Gateway.Api;

/// <summary>Answer to an <see cref="ItemBatch"/>.</summary>
/// <param name="Items">One for each item, in order.</param>
/// <param name="Features">Where image features came from.</param>
/// <param name="Corpus">The corpus afterwards.</param>
public sealed record ItemBatchResult(IReadOnlyList<ItemResult> Items, FeatureCounts Features, CorpusInfo Corpus);
