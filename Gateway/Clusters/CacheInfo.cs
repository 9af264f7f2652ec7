namespace MplugCluster.Gateway.Clusters;

/// <summary>A silo's feature cache, and what was looked up in it since the silo started.</summary>
/// <param name="Bytes">Bytes held in memory.</param>
/// <param name="BudgetBytes">Bytes that it may hold.</param>
/// <param name="ImagesFromMemory">Pictures' features found in memory.</param>
/// <param name="ImagesFromStore">Read from the feature store.</param>
/// <param name="ImagesComputed">Decoded and encoded.</param>
/// <param name="TextsFromMemory">Texts' features found in memory.</param>
/// <param name="TextsComputed">Encoded.</param>
public sealed record CacheInfo(
    long Bytes, long BudgetBytes, long ImagesFromMemory, long ImagesFromStore, long ImagesComputed, long TextsFromMemory, long TextsComputed);
