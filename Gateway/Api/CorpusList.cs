namespace MplugCluster.Gateway.Api;

/// <summary>A page of corpora, by name.</summary>
/// <param name="Data">The corpora.</param>
/// <param name="Faults">Those of the page that cannot be used, and why.</param>
/// <param name="NextCursor">For the next page; null on the last.</param>
public sealed record CorpusList(IReadOnlyList<CorpusInfo> Data, IReadOnlyList<CorpusFault> Faults, string? NextCursor);
