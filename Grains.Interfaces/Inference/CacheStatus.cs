namespace MplugCluster.Grains.Interfaces.Inference;

/// <summary>The feature cache of one silo, and what was looked up in it since the silo started.</summary>
/// <param name="Bytes">Bytes held in memory.</param>
/// <param name="BudgetBytes">Bytes that it may hold.</param>
/// <param name="ImagesFromMemory">Pictures' features found in memory.</param>
/// <param name="ImagesFromStore">Read from the feature store.</param>
/// <param name="ImagesComputed">Decoded and encoded.</param>
/// <param name="TextsFromMemory">Texts' features found in memory.</param>
/// <param name="TextsComputed">Encoded.</param>
[GenerateSerializer, Immutable, Alias("mplug.CacheStatus")]
public sealed record CacheStatus(
    [property: Id(0)] long Bytes,
    [property: Id(1)] long BudgetBytes,
    [property: Id(2)] long ImagesFromMemory,
    [property: Id(3)] long ImagesFromStore,
    [property: Id(4)] long ImagesComputed,
    [property: Id(5)] long TextsFromMemory,
    [property: Id(6)] long TextsComputed);
