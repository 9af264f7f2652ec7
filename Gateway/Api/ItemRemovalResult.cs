namespace MplugCluster.Gateway.Api;

/// <summary>Answer to an <see cref="ItemRemoval"/>.</summary>
/// <param name="Removed">The ids that were there.</param>
/// <param name="Corpus">The corpus afterwards.</param>
public sealed record ItemRemovalResult(IReadOnlyList<string> Removed, CorpusInfo Corpus);
